import { CallError } from '../../calls/call-error';
import type { DataRule } from '../../lag/rules';
import { inThousands } from '../../lag/words';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { RESERVED_PREFIX } from '../../routes/served';
import { age, seconds } from '../act/words';
import type { Check } from '../act/plan';
import type { Missing } from '../compare/finding';
import { findMissing, stillMissing, type MissingLook } from '../compare/missing';
import { PARALLEL_RANGES } from '../compare/compare';
import type { ComparedBucket } from '../compare/suspect';
import { named, versions, type Drain, type Drained, type Rehearsal, type Tell } from './drain';
import { untilOver } from './until-over';
import type { SwitchoverTimes } from './times';
import type { LookReport, SwitchoverWorld } from './world';

/** S3 replicates most objects within 15 minutes (Amazon S3 user guide, "Replicating objects"); what is older may never come. */
const YOUNG_MS = 900_000;
/** A second listing is slower than the first at worst. */
const SLOWER = 3;
const LEAST_LISTING_MS = 60_000;
/** Times are told in whole seconds, and clocks are compared no better. */
const TOLD_IN_MS = 2_000;
/** Named in a report. */
const MOST_NAMED = 100;

/** Keys that are compared, all that begin with a prefix, and where to cut them for a look side by side. */
interface Area {
  readonly prefix: string;
  boundaries?: readonly string[];
}

/** Level `listing`: every version of the source, delete markers included, is looked for in the target. */
export class ListingDrain implements Drain {
  private readonly areas: readonly Area[];
  /** What the target lacks and will go on lacking, as seen before the fence: not waited for, and never forgotten. */
  private exceptions = new Map<string, Missing>();
  private versions: number | undefined;
  private firstMs = 0;
  /** The services' own time before anything was listed. */
  private firstAt: number | undefined;
  private equal: number | undefined;

  constructor(
    private readonly world: SwitchoverWorld,
    readonly source: string,
    private readonly target: string,
    rules: readonly DataRule[] | undefined,
    /** Other Regions that are known not to answer. */
    private readonly dead: readonly string[],
    /** By how much the clocks of both Regions are ahead at least; undefined where one did not tell. */
    private readonly aheadMs: number | undefined,
    private readonly times: SwitchoverTimes,
  ) {
    this.areas = areasOf(rules).map((prefix) => ({ prefix }));
  }

  async rehearse(limits: Limits, tell: Tell): Promise<Rehearsal> {
    const began = this.world.clock.now();
    this.firstAt = this.aheadMs === undefined ? undefined : this.world.wall.now() + this.aheadMs;
    const look = await this.look(limits, tell);
    this.firstMs = this.world.clock.now() - began;
    const name = `${this.source} to ${this.target}`;
    if (!look.complete) {
      return { checks: [{ name, state: 'bad', sentence: `the versions of both could not be compared: ${look.why}`, fix: `s3-failover reconcile, or --drain metrics` }], expectedMs: 0, hopeless: true };
    }
    this.versions = look.versions;
    const coming = look.missing.filter((one) => this.isComing(one));
    this.exceptions = new Map(look.missing.filter((one) => !this.isComing(one)).map((one) => [idOf(one), one]));
    const lag = coming.length === 0 ? 'none still on the way' : `${inThousands(coming.length)} still on the way, the oldest written ${this.oldest(coming)} ago`;
    const compared: Check = { name, state: 'good', sentence: `${versions(look.versions)} compared within ${seconds(this.firstMs)}; ${lag}` };
    const ranges = Math.min(PARALLEL_RANGES, Math.max(1, ...this.areas.map(({ boundaries = [] }) => boundaries.length + 1)));
    return { checks: [compared, ...exceptionChecks(name, this.target, [...this.exceptions.values()])], expectedMs: this.firstMs / ranges + (coming.length > 0 ? this.times.pollMs : 0) };
  }

  async drain(limits: Limits, waitMs: number, tell: Tell): Promise<Drained> {
    const listing = { ...limits, deadline: Math.min(limits.deadline, this.world.clock.now() + Math.max(LEAST_LISTING_MS, this.firstMs * SLOWER)) };
    const look = await this.look(listing, tell);
    if (!look.complete) return { kind: 'not drained', sentence: `the versions of ${this.source} and ${this.target} could not be compared: ${look.why}`, fix: 'try again' };
    this.versions = look.versions;
    const until = { ...limits, deadline: Math.min(limits.deadline, this.world.clock.now() + waitMs) };
    const all = look.missing.filter((one) => !this.exceptions.has(idOf(one)));
    let waited = all;
    for (;;) {
      const hopeless = waited.filter(({ reason }) => reason === 'failed' || reason === 'unreplicated');
      if (hopeless.length > 0) {
        return { kind: 'not drained', sentence: `${versions(hopeless.length)} of ${this.source} will not come to ${this.target} by itself (${named(hopeless)}): S3 gave up replicating it, or no rule covers it`, fix: `s3-failover reconcile` };
      }
      // What was taken away from the target had been there.
      waited = waited.filter(({ reason, version }) => reason !== 'removed' || version.current);
      const foreign = waited.filter(({ reason }) => reason === 'replica' || reason === 'removed');
      for (const one of foreign) this.exceptions.set(idOf(one), one);
      waited = waited.filter((one) => !foreign.includes(one));
      if (waited.length === 0) {
        this.equal = this.equalBut(look, all);
        return this.drained();
      }
      tell(all.length - waited.length, all.length, `${versions(waited.length)} on the way from ${this.source}, the oldest written ${this.oldest(waited)} ago`);
      if (timeLeft(this.world.clock, until) === 0) {
        const why = limits.signal?.aborted ? 'the act was stopped' : `it was waited for ${age(waitMs)}`;
        return { kind: 'not drained', sentence: `${versions(waited.length)} of ${this.source} had not come to ${this.target} (${named(waited)}), and ${why}`, fix: '--wait with a longer time, when replication has caught up' };
      }
      await this.world.clock.sleep(Math.min(this.times.pollMs, timeLeft(this.world.clock, until)), limits.signal);
      const still = await untilOver(this.world.clock, limits, (signal) => stillMissing(waited, { ...this.sides(), attempts: this.attempts(signal) }));
      // A look that could not be ended tells nothing; the next one may, and the time is bounded.
      if (still.complete) waited = [...still.missing];
    }
  }

  async lastLook(limits: Limits, tell: Tell): Promise<LookReport> {
    const { clock } = this.world;
    const look = await this.look(limits, tell);
    if (!look.complete) return { clean: false, sentence: `a last look at ${this.source} could not be ended: ${look.why}`, missing: [] };
    const late = look.missing.filter((one) => !this.exceptions.has(idOf(one)) && one.reason !== 'removed');
    if (late.length === 0) return { clean: true, sentence: `a last look found nothing in ${this.source} that ${this.target} lacks${this.butExceptions()}`, missing: [] };
    const until = { ...limits, deadline: Math.min(limits.deadline, clock.now() + this.times.lastLookMs) };
    let waited: readonly Missing[] = late;
    while (waited.length > 0 && timeLeft(clock, until) > 0) {
      await clock.sleep(Math.min(this.times.pollMs, timeLeft(clock, until)), limits.signal);
      const still = await untilOver(clock, limits, (signal) => stillMissing(waited, { ...this.sides(), attempts: this.attempts(signal) }));
      if (still.complete) waited = still.missing;
    }
    const came = `a last look found ${versions(late.length)} that came into ${this.source} after all was compared (${named(late)})`;
    const how = waited.length === 0 ? `${this.target} has all of it now, and one may have superseded a newer write there` : `${this.target} still lacks ${versions(waited.length)} of it (${named(waited)})`;
    return { clean: false, sentence: `${came}; ${how}`, missing: (waited.length > 0 ? waited : late).slice(0, MOST_NAMED) };
  }

  equalBefore(): number | undefined {
    return this.equal;
  }

  async clean(): Promise<void> {
    // A listing writes nothing.
  }

  /** What arrived only after it was listed, and what is younger, is left to whoever compares next. */
  private equalBut(look: { readonly otherwiseAlike: boolean; readonly missing: readonly Missing[] }, arrived: readonly Missing[]): number | undefined {
    const whole = this.areas.length === 1 && this.areas[0].prefix === '';
    const taken = look.missing.some(({ reason }) => reason === 'removed');
    if (this.firstAt === undefined || !whole || taken || this.exceptions.size > 0 || !look.otherwiseAlike) return undefined;
    return Math.max(0, Math.min(this.firstAt, ...arrived.map(({ version }) => version.modifiedAt)) - TOLD_IN_MS);
  }

  private drained(): Drained {
    const complete = this.exceptions.size === 0;
    return { kind: 'drained', complete, sentence: `${this.target} has every version of ${this.source} (${inThousands(this.versions ?? 0)})${this.butExceptions()}` };
  }

  private butExceptions(): string {
    return this.exceptions.size === 0 ? '' : `, except ${versions(this.exceptions.size)} not expected there (${named([...this.exceptions.values()])})`;
  }

  /** Whether a version that is missing may be there before long. */
  private isComing({ reason, version }: Missing): boolean {
    if (reason === 'pending') return true;
    return reason === 'delete marker' && this.world.wall.now() - version.modifiedAt < YOUNG_MS;
  }

  private oldest(missing: readonly Missing[]): string {
    return age(Math.max(0, this.world.wall.now() - Math.min(...missing.map(({ version }) => version.modifiedAt))));
  }

  private async look(limits: Limits, tell: Tell): Promise<Extract<MissingLook, { complete: false }> | { complete: true; missing: Missing[]; versions: number; otherwiseAlike: boolean }> {
    const missing: Missing[] = [];
    let listed = 0;
    let otherwiseAlike = true;
    for (const area of this.areas) {
      const before = listed;
      const look = await untilOver(this.world.clock, limits, (signal) =>
        findMissing({
          ...this.sides(),
          prefix: area.prefix === '' ? undefined : area.prefix,
          boundaries: area.boundaries,
          attempts: this.attempts(signal),
          progress: (seen) => tell(before + seen.versions, this.versions, `versions of ${this.source} compared with ${this.target}`),
        }),
      );
      if (!look.complete) return { complete: false, why: limits.signal?.aborted ? 'the act was stopped' : look.why };
      area.boundaries = look.boundaries;
      missing.push(...look.missing.filter(({ version }) => !version.key.startsWith(`${area.prefix}${RESERVED_PREFIX}`)));
      listed += look.versions;
      otherwiseAlike &&= look.otherwiseAlike;
    }
    return { complete: true, missing, versions: listed, otherwiseAlike };
  }

  private sides() {
    const { estate, buckets } = this.world;
    const others = estate.regions.filter((region) => region !== this.source && region !== this.target).map((region) => (this.dead.includes(region) ? silent(region) : buckets(region)));
    return { source: buckets(this.source), target: buckets(this.target), others };
  }

  private attempts(signal: AbortSignal) {
    return { clock: this.world.clock, random: this.world.random, signal };
  }
}

/** A Region that is known not to answer is not waited for again, least of all while writes are refused. */
function silent(region: string): ComparedBucket {
  const reject = async () => {
    throw new CallError({ call: 's3 HeadObject', region, code: 'NotAsked', reason: 'it did not answer before' });
  };
  return { region, listVersions: reject, headVersion: reject };
}

function exceptionChecks(name: string, target: string, exceptions: readonly Missing[]): Check[] {
  const of = (pick: (one: Missing) => boolean) => exceptions.filter(pick);
  const say = (state: Check['state'], missing: readonly Missing[], what: string, fix?: string): Check[] =>
    missing.length === 0 ? [] : [{ name, state, sentence: `${target} lacks ${versions(missing.length)} ${what} (${named(missing)})`, fix }];
  return [
    ...say('bad', of(({ reason }) => reason === 'failed'), 'that S3 failed to replicate and does not try again', 's3-failover reconcile'),
    ...say('bad', of(({ reason, version }) => reason === 'unreplicated' && version.current), 'that no rule ever covered', 's3-failover reconcile'),
    ...say('doubt', of(({ reason, version }) => reason === 'unreplicated' && !version.current), 'that no rule ever covered and that newer ones have superseded'),
    ...say('doubt', of(({ reason }) => reason === 'replica'), 'that came from a Region that does not answer, which is not waited for', 's3-failover reconcile, once it answers'),
    ...say('doubt', of(({ reason, version }) => reason === 'removed' && version.current), 'that had been there and was removed'),
    ...say('doubt', of(({ reason }) => reason === 'delete marker'), 'that only deletes, and is not new: lifecycle rules make delete markers of their own in each Region, and those are not replicated'),
  ];
}

/** Prefixes that together cover what is replicated, none within another. Rules that cannot be read are taken to cover everything. */
function areasOf(rules: readonly DataRule[] | undefined): string[] {
  const prefixes = [...new Set((rules ?? []).filter(({ byTags }) => !byTags).map(({ keyPrefix }) => keyPrefix))];
  const widest = prefixes.filter((prefix) => !prefixes.some((other) => other !== prefix && prefix.startsWith(other)));
  return widest.length > 0 ? widest : [''];
}

function idOf({ version }: Missing): string {
  return JSON.stringify([version.key, version.versionId]);
}
