import { within } from '../../calls/side-by-side';
import { LAG_TIMES, observeLag, type LagTimes } from '../../lag/observe';
import { lagReport, type LagReport } from '../../lag/report';
import type { Instant } from '../../ports';
import type { ReplicationConfiguration } from '../../replication/model';
import { READ_TIMES, surveyRoutes, type RoutesView, type Survey } from '../../routes/read';
import { activeRegions } from '../../routes/routes';
import { readHistory, type HistoryView } from '../history/read';
import type { BucketProbe, OpenUpload } from '../ports';
import type { RegisterView } from '../register';
import type { BucketEncryption, CredentialFacts, DoctorWorld, LifecycleRule, PublicAccessBlock, RoleFacts } from './ports';
import { unseen, type Seen } from './seen';

export interface DoctorTimes {
  /** One call's time to answer. */
  readonly callMs: number;
  /** The whole look, within which every check has said something. */
  readonly wholeMs: number;
}

export const DOCTOR_TIMES: DoctorTimes = { callMs: 5_000, wholeMs: 25_000 };

/** What failed yesterday is still missing today; coarser points keep the answers of a whole day small. */
const LAG_WINDOW: LagTimes = { ...LAG_TIMES, periodMs: 300_000, windowMs: 24 * 3_600_000, freshMs: 900_000 };

/** The service's time of day, and between which two of ours it was told. */
export interface Timed extends BucketProbe {
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * What the estate tells, each thing asked for once, however many checks want to know. Nothing here rejects, and no Region is
 * waited for longer than one call may take.
 */
export class Facts {
  readonly deadline: Instant;
  /** Ends of the calls under way: one listener on the caller's signal, however many they are. */
  private readonly stops = new Set<AbortController>();
  private readonly asked = new Map<string, Promise<Seen<unknown>>>();
  private surveyed?: Promise<Survey>;
  private remembered?: Promise<HistoryView>;

  constructor(
    readonly world: DoctorWorld,
    readonly signal: AbortSignal,
    readonly times: DoctorTimes = DOCTOR_TIMES,
  ) {
    this.deadline = world.clock.now() + times.wholeMs;
    signal.addEventListener('abort', () => this.stops.forEach((stop) => stop.abort()), { once: true });
  }

  get regions(): readonly string[] {
    return this.world.estate.regions;
  }

  bucket(region: string): string {
    return this.world.estate.buckets[region];
  }

  /** Every control endpoint's word; slow ones are waited for, unlike in an act. */
  survey(): Promise<Survey> {
    const { world, signal, deadline } = this;
    return (this.surveyed ??= surveyRoutes(world, world.estate.accessPoint, { deadline, signal }, { ...READ_TIMES, settleMs: READ_TIMES.attemptMs }));
  }

  /** The routes that most endpoints tell; undefined when none does. */
  async view(): Promise<RoutesView | undefined> {
    const { views } = await this.survey();
    return views.reduce<RoutesView | undefined>((best, view) => (best && best.endpoints.length >= view.endpoints.length ? best : view), undefined);
  }

  /** Undefined when no endpoint told the routes. */
  async active(): Promise<readonly string[] | undefined> {
    const view = await this.view();
    return view && activeRegions(view.routes);
  }

  probe(region: string): Promise<Seen<Timed>> {
    const { wall } = this.world;
    return this.ask('probe', region, async (signal) => {
      const askedAt = wall.now();
      const probed = await this.world.buckets(region).probe(signal);
      return { ...probed, askedAt, answeredAt: wall.now() };
    });
  }

  existsForAnybody(region: string): Promise<Seen<void>> {
    return this.ask('exists', region, (signal) => this.world.settings(region).existsForAnybody(signal));
  }

  versioning(region: string): Promise<Seen<'Enabled' | 'Suspended' | 'never'>> {
    return this.ask('versioning', region, (signal) => this.world.settings(region).versioning(signal));
  }

  replication(region: string): Promise<Seen<ReplicationConfiguration | undefined>> {
    return this.ask('replication', region, (signal) => this.world.settings(region).replication(signal));
  }

  lifecycle(region: string): Promise<Seen<readonly LifecycleRule[]>> {
    return this.ask('lifecycle', region, (signal) => this.world.settings(region).lifecycle(signal));
  }

  encryption(region: string): Promise<Seen<BucketEncryption>> {
    return this.ask('encryption', region, (signal) => this.world.settings(region).encryption(signal));
  }

  ownership(region: string): Promise<Seen<string | undefined>> {
    return this.ask('ownership', region, (signal) => this.world.settings(region).ownership(signal));
  }

  publicAccessBlock(region: string): Promise<Seen<PublicAccessBlock | undefined>> {
    return this.ask('public access', region, (signal) => this.world.settings(region).publicAccessBlock(signal));
  }

  policy(region: string): Promise<Seen<string | undefined>> {
    return this.ask('policy', region, (signal) => this.world.buckets(region).readPolicy(signal));
  }

  uploads(region: string): Promise<Seen<{ readonly uploads: readonly OpenUpload[]; readonly more: boolean }>> {
    return this.ask('uploads', region, (signal) => this.world.buckets(region).listUploads(signal));
  }

  parameter(region: string, name: string): Promise<Seen<string | undefined>> {
    return this.ask(`parameter ${name}`, region, (signal) => this.world.parameter(region, name, signal));
  }

  account(region: string): Promise<Seen<string>> {
    return this.ask('account', region, (signal) => this.world.account(region, signal));
  }

  credentials(): Promise<Seen<CredentialFacts>> {
    return this.ask('credentials', 'this machine', (signal) => this.world.credentials(signal));
  }

  register(): Promise<Seen<RegisterView | undefined>> {
    return this.ask('register', 'the register', (signal) => this.world.register.read(signal));
  }

  /** A look that takes as long as the whole. */
  watch<T>(look: (signal: AbortSignal) => Promise<T>): Promise<Seen<T>> {
    return this.call('the table', look, this.left());
  }

  /** IAM has one Region for all. */
  role(arn: string): Promise<Seen<RoleFacts | undefined>> {
    return this.ask(`role ${arn}`, 'us-east-1', (signal) => this.world.roles.role(arn, signal));
  }

  notAllowed(arn: string, actions: readonly string[], resource: string): Promise<Seen<readonly string[]>> {
    return this.ask(`role ${arn} on ${resource}: ${actions.join()}`, 'us-east-1', (signal) => this.world.roles.notAllowed(arn, actions, resource, signal));
  }

  /** How far one Region is behind another, as S3 published it. */
  async lag(source: string, destination: string): Promise<LagReport> {
    const { world } = this;
    const direction = { source: this.place(source), destination: this.place(destination) };
    const observation = await observeLag(world, world.metrics, { direction, deadline: this.deadline }, LAG_WINDOW);
    return lagReport(observation, LAG_WINDOW);
  }

  /** Whether CloudWatch of a Region tells metrics: names of them, and data points. */
  metrics(region: string): Promise<Seen<void>> {
    const { metrics, wall } = this.world;
    const other = this.regions.find((one) => one !== region) ?? region;
    const now = wall.now();
    const query = { direction: { source: this.place(region), destination: this.place(other) }, from: now - 60_000, to: now, periodMs: 60_000 };
    return this.ask('metrics', region, async (signal) => {
      await metrics.read(region, { ...query, ruleIds: ['never-a-rule'] }, signal);
      await metrics.read(region, query, signal);
    });
  }

  history(): Promise<HistoryView> {
    return (this.remembered ??= readHistory(this.world, { callMs: this.times.callMs, mostMs: this.left() }));
  }

  /** One call, once for all who ask. */
  ask<T>(what: string, region: string, call: (signal: AbortSignal) => Promise<T>): Promise<Seen<T>> {
    const key = `${what} in ${region}`;
    const answer = this.asked.get(key) ?? this.call(region, call);
    this.asked.set(key, answer);
    return answer as Promise<Seen<T>>;
  }

  left(): number {
    return Math.max(0, this.deadline - this.world.clock.now());
  }

  private async call<T>(region: string, call: (signal: AbortSignal) => Promise<T>, mostMs = this.times.callMs): Promise<Seen<T>> {
    const stop = new AbortController();
    this.stops.add(stop);
    if (this.signal.aborted) stop.abort();
    try {
      const value = await within(region, this.world.clock, Math.min(mostMs, this.left()), call, stop.signal);
      return { kind: 'seen', value };
    } catch (error) {
      return unseen(error);
    } finally {
      this.stops.delete(stop);
    }
  }

  private place(region: string) {
    return { region, bucket: this.bucket(region) };
  }
}
