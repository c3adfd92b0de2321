import type { AutomaticMove, Deployment, Estate, EstateTools, Plan, Routes, StoredCopy, StoredVersion, SwitchHow } from '../../../../local/rehearsal/estate/estate';
import { hash } from '../../../../local/rehearsal/traffic/ledger';
import { sleep } from '../../../../local/rehearsal/engine/wait';

const [EAST, WEST, EU] = ['us-east-1', 'us-west-2', 'eu-west-1'];
const LAG_MS = 60;
const PROPAGATION_MS = 80;
/** How long the controller looks before it acts. */
const CONTROLLER_MS = 400;

interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly body: Buffer;
  readonly replica: boolean;
}

/** What may go wrong. A rehearsal that does not notice it would be worth nothing. */
export interface Sabotage {
  readonly deployFails?: true;
  readonly homeIsActive?: true;
  readonly refusesWrites?: true;
  readonly regionSurvives?: true;
  /** Another Region takes some of the writes of the one that died. */
  readonly trafficMovesByItself?: true;
  readonly switchFails?: true;
  readonly switchMovesNothing?: true;
  readonly routesNeverAct?: true;
  readonly healMovesTraffic?: true;
  /** One observer never reports. */
  readonly observerIsSilent?: true;
  readonly controllerSleeps?: true;
  /** Somebody else moves the routes before the controller does. */
  readonly anotherMoves?: true;
  /** The controller goes back as soon as the Region is well. */
  readonly controllerGoesBack?: true;
  /** The n-th write is acknowledged and kept nowhere. */
  readonly loses?: number;
  /** The n-th write reaches the other Regions with other bytes. */
  readonly damages?: number;
  /** The n-th write's replicas are listed as they should be and hold other bytes. */
  readonly rots?: number;
}

/** Buckets, replication, routes and a Region that can die, in memory and quick: enough to rehearse on in a second or two. */
export class SmallEstate implements Estate {
  public stopped = 0;
  private readonly buckets = new Map<string, Version[]>([EAST, WEST, EU].map((region) => [region, []]));
  private readonly waiting: { readonly from: string; readonly to: string; readonly version: Version; readonly at: number }[] = [];
  private accepted = EAST;
  private acting = EAST;
  private dead?: string;
  private guarded = false;
  private move?: AutomaticMove;
  private writes = 0;
  private strayed = 0;
  private readonly ticking = setInterval(() => this.replicate(), 10);

  constructor(private readonly sabotage: Sabotage = {}) {}

  public async start(): Promise<string> {
    return 'in memory';
  }

  public async plan(): Promise<Plan> {
    return { stacks: ['Media', 'media-us-west-2'], homeRegion: this.sabotage.homeIsActive ? EAST : EU, stackRegions: [EU, EAST, WEST], order: [EAST, WEST, EU] };
  }

  public async bootstrap(_regions: readonly string[], tools: EstateTools): Promise<void> {
    tools.ran('npx cdk bootstrap');
  }

  public async deploy(): Promise<void> {
    if (this.sabotage.deployFails) throw new Error("'cdk deploy' ended with status 1: no such bucket");
  }

  public async describe(): Promise<Deployment> {
    return { accessPointArn: 'arn:aws:s3::111122223333:accesspoint/small.mrap', buckets: { [EAST]: 'a', [WEST]: 'b', [EU]: 'c' } };
  }

  public switchCommand(region: string, how: SwitchHow): string {
    const forced = how === 'forced' ? ` --parameters Media:SwitchId=force-${region}` : '';
    return `npx cdk deploy Media --exclusively --parameters Media:ActiveRegion=${region}${forced}`;
  }

  public async switchTo(region: string, how: SwitchHow, tools: EstateTools): Promise<void> {
    await sleep(40, tools.signal);
    if (how === 'planned' && this.dead !== undefined) throw new Error("'cdk deploy' ended with status 1: refused, nothing is known of the lag");
    if (this.sabotage.switchFails) throw new Error("'cdk deploy' ended with status 1: no control endpoint answered");
    if (this.sabotage.switchMovesNothing) return;
    this.accepted = region;
    if (!this.sabotage.routesNeverAct) setTimeout(() => { this.acting = region; }, PROPAGATION_MS).unref();
    await sleep(300, tools.signal);
  }

  public async deployController(): Promise<void> {
    this.guarded = true;
  }

  public async observers(): Promise<{ readonly heard: number; readonly of: number }> {
    return { heard: this.sabotage.observerIsSilent ? 5 : 6, of: 6 };
  }

  public async automaticMove(since: number): Promise<AutomaticMove | undefined> {
    return this.move && this.move.decidedAt >= since ? this.move : undefined;
  }

  public async routes(): Promise<Routes> {
    return Object.fromEntries([EU, WEST, EAST].map((region) => [region, region === this.accepted ? 'active' : 'passive']));
  }

  public async kill(region: string): Promise<void> {
    if (!this.sabotage.regionSurvives) this.dead = region;
    if (this.guarded && !this.sabotage.controllerSleeps) setTimeout(() => this.act(), CONTROLLER_MS).unref();
  }

  public async heal(): Promise<void> {
    this.dead = undefined;
    if (this.sabotage.healMovesTraffic || (this.guarded && this.sabotage.controllerGoesBack)) this.accepted = EAST;
  }

  public async put(key: string, body: Buffer, _signal: AbortSignal): Promise<{ readonly versionId: string }> {
    const strays = this.sabotage.trafficMovesByItself && this.dead !== undefined && this.strayed++ < 2;
    const region = strays ? WEST : this.reach(this.acting);
    if (this.sabotage.refusesWrites) throw Object.assign(new Error(), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
    this.writes += 1;
    const versionId = `v${this.writes}`;
    if (this.writes === this.sabotage.loses) return { versionId };
    this.buckets.get(region)!.push({ key, versionId, body, replica: false });
    const copied = this.writes === this.sabotage.damages ? Buffer.from('damaged on the way') : body;
    for (const to of this.buckets.keys()) {
      if (to !== region) this.waiting.push({ from: region, to, version: { key, versionId, body: copied, replica: true }, at: performance.now() + LAG_MS });
    }
    return { versionId };
  }

  public async get(key: string): Promise<Buffer | undefined> {
    return this.buckets.get(this.reach(this.acting))!.filter((version) => version.key === key).pop()?.body;
  }

  public async list(region: string, prefix: string): Promise<StoredVersion[]> {
    const versions = this.buckets.get(this.reach(region))!.filter((version) => version.key.startsWith(prefix));
    return versions.map((version, index) => ({
      key: version.key, versionId: version.versionId, etag: `"${hash('md5', version.body)}"`,
      isLatest: !versions.slice(index + 1).some((later) => later.key === version.key),
    }));
  }

  public async fetch(region: string, key: string, versionId: string): Promise<StoredCopy> {
    const version = this.buckets.get(this.reach(region))!.find((one) => one.key === key && one.versionId === versionId);
    if (version === undefined) throw new Error('NoSuchVersion');
    const rotten = version.replica && versionId === `v${this.sabotage.rots}`;
    return { body: rotten ? Buffer.from('rotten') : version.body, replica: version.replica };
  }

  public async stop(): Promise<void> {
    this.stopped += 1;
    clearInterval(this.ticking);
  }

  private act(): void {
    this.accepted = WEST;
    setTimeout(() => { this.acting = WEST; }, PROPAGATION_MS).unref();
    if (this.sabotage.anotherMoves) return;
    this.move = { decidedAt: Date.now() - 10, acceptedAt: Date.now(), by: 'the voter in eu-west-1', why: 'us-east-1 is down to 2 voters for 0 s; us-west-2 takes over' };
  }

  private reach(region: string): string {
    if (region === this.dead) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return region;
  }

  private replicate(): void {
    for (const item of [...this.waiting]) {
      if (item.at > performance.now() || item.from === this.dead || item.to === this.dead) continue;
      this.waiting.splice(this.waiting.indexOf(item), 1);
      this.buckets.get(item.to)!.push(item.version);
    }
  }
}
