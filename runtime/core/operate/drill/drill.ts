import { reasonOf } from '../../calls/reason';
import type { Limits } from '../../routes/endpoint';
import { readRoutes } from '../../routes/read';
import { activeRegions, describeRoutes, routesWith, sameRoutes, type Routes } from '../../routes/routes';
import { PROBE_PREFIX } from '../../routes/served';
import type { ActOutcome } from '../act/outcome';
import type { Plan } from '../act/plan';
import type { OperateWorld, Teller } from '../act/world';
import { callRegion } from '../call';
import type { DrillClient, DrillSwitch, Mark, MarkKind, Recording } from './recording';
import { blindIn, surpriseIn, type Expected } from './surprise';
import { DrillTraffic, TRAFFIC_TIMES, type TrafficTimes } from './traffic';

/** A planned switch with all that belongs to it: fence, drain, proof, lift, last look. */
export type SwitchTo = (target: string, teller: Teller, limits: Limits) => Promise<ActOutcome>;

export interface DrillRequest {
  readonly target: string;
  readonly runId: string;
  /** How long traffic runs undisturbed before, between and after the two switches. */
  readonly steadyMs: number;
  /** With less than this much service lost, a switch goes on: longer than any switch should take. */
  readonly mostOutageMs: number;
  readonly deadline: number;
  readonly signal?: AbortSignal;
  /** Shows what the first switch would do, and writes nothing. */
  readonly dryRun?: boolean;
}

export interface DrillDeps {
  readonly client: DrillClient;
  readonly switchTo: SwitchTo;
  readonly times?: TrafficTimes;
}

export type DrillKind =
  /** There and back without a surprise. */
  | 'passed'
  /** Something unexpected: stopped, and restored as far as `restored` says. */
  | 'surprised'
  | 'refused'
  | 'declined'
  /** Shown, not done. */
  | 'planned';

export interface DrillResult {
  readonly kind: DrillKind;
  readonly sentence: string;
  readonly surprise?: string;
  /** Whether live routes are at the end what they were at the beginning; absent where they could not be read. */
  readonly restored?: boolean;
  readonly before?: Routes;
  readonly live?: Routes;
  /** The plan's own expectation, in seconds. */
  readonly expectedOutageSeconds?: number;
  readonly recording: Recording;
  /** What to look at or to type next. */
  readonly next: readonly string[];
  /** Regions in which something of the drill stays, or may stay. */
  readonly leftovers: readonly { readonly region: string; readonly reason: string }[];
}

const WATCH_EVERY_MS = 500;
const CLEAN_UP_MS = 20_000;
/** Until somebody told where a write landed, once the steady time is over. */
const SIGHT_MS = 20_000;
/** Time that a way back has, however late it begins. */
const RESTORE_MS = 15 * 60_000;
/** Of one reading of the routes while an act is at work. */
const READ_MS = 5_000;

/** What is forced after a refusal is no rehearsal. */
const rehearsable = (next: readonly string[]) => next.filter((line) => !line.startsWith('s3-failover switchover ') && !line.startsWith('s3-failover failover '));

/** The way back was agreed to with the way there. */
const agreed: Teller['confirm'] = async () => 'yes';

/** Rehearses a failover in production: there, measured by a client, and back, and stops at the first surprise. */
export async function drill(world: OperateWorld, deps: DrillDeps, request: DrillRequest, teller: Teller): Promise<DrillResult> {
  return new Drill(world, deps, request, teller).run();
}

class Drill {
  private readonly beganAt: number;
  private readonly traffic: DrillTraffic;
  private readonly marks: Mark[] = [];
  private readonly switches: DrillSwitch[] = [];
  private expectedOutageSeconds?: number;
  private before?: Routes;

  constructor(
    private readonly world: OperateWorld,
    private readonly deps: DrillDeps,
    private readonly request: DrillRequest,
    private readonly teller: Teller,
  ) {
    this.beganAt = world.clock.now();
    this.traffic = new DrillTraffic(world.clock, deps.client, world.buckets, world.estate.members, request.runId, deps.times ?? TRAFFIC_TIMES);
  }

  async run(): Promise<DrillResult> {
    const { target } = this.request;
    const before = await this.routes();
    if (!before) return this.end('refused', 'no control endpoint told the routes, so there is nothing to drill from', ['s3-failover doctor']);
    this.before = before;
    const [origin, ...others] = activeRegions(before);
    if (others.length > 0 || origin === undefined) {
      return this.end('refused', `a drill needs one active Region to return to, got ${describeRoutes(before)}`, ['s3-failover routes show']);
    }
    if (origin === target) return this.end('refused', `a drill goes to another Region and back, got '${target}', which is active already`, []);

    if (this.request.dryRun) {
      const shown = await this.deps.switchTo(target, this.telling(async () => 'no'), { deadline: this.request.deadline, signal: this.request.signal });
      if (shown.plan) await this.ask(shown.plan);
      return this.end(shown.kind === 'planned' || shown.kind === 'declined' ? 'planned' : 'refused', shown.sentence, rehearsable(shown.next));
    }
    this.traffic.start();
    try {
      const early = await this.steady(origin);
      if (early !== undefined) return await this.surprised(early, origin);
      const unproven = await this.tryProof();
      const stopped = this.stopped();
      if (stopped !== undefined) return await this.surprised(stopped, origin);
      if (unproven !== undefined) return await this.finish('refused', unproven, ['s3-failover policy drill', 's3-failover doctor']);
      const there = await this.switch(origin, target, (plan) => this.ask(plan));
      if (there.kind === 'declined') return await this.finish('declined', there.sentence, []);
      if (there.kind === 'refused' && this.switches[0]?.acceptedAt === undefined) return await this.finish('refused', there.sentence, rehearsable(there.next));
      if (there.kind !== 'served') return await this.surprised(there.sentence, origin, there.next);
      const middle = await this.steady(target);
      if (middle !== undefined) return await this.surprised(middle, origin);
      const back = await this.switch(target, origin, agreed);
      if (back.kind !== 'served') return await this.surprised(`the way back: ${back.sentence}`, undefined, back.next);
      const late = await this.steady(origin);
      if (late !== undefined) return await this.surprised(late, undefined);
      return await this.finish('passed', `the drill went to ${target} and back to ${origin} without a surprise`, []);
    } finally {
      await this.traffic.stop();
    }
  }

  /** Lets traffic run, and gives the first thing that should not have been. */
  private async steady(region: string): Promise<string | undefined> {
    this.teller.step(`Write and read for a while with ${region} active`);
    const since = this.world.clock.now();
    while (this.world.clock.now() - since < this.request.steadyMs && !this.request.signal?.aborted) {
      await this.world.clock.sleep(WATCH_EVERY_MS, this.request.signal);
      const surprise = surpriseIn(this.traffic, { region, since });
      if (surprise !== undefined) return surprise;
      this.teller.progress(this.world.clock.now() - since, this.request.steadyMs, `${this.traffic.acknowledged.length} writes acknowledged`);
    }
    const blind = this.stopped() ?? (await this.blind({ region, since }));
    return this.stopped() ?? blind;
  }

  /** Why it is to end, where somebody ended it or its time did. */
  private stopped(): string | undefined {
    if (!this.request.signal?.aborted) return undefined;
    return this.world.clock.now() >= this.request.deadline ? 'the time was up' : 'the drill was interrupted';
  }

  /** Answers that are only slow are waited for. */
  private async blind(expected: Expected): Promise<string | undefined> {
    const { clock } = this.world;
    const until = clock.now() + SIGHT_MS;
    for (;;) {
      const blind = blindIn(this.traffic.writes, expected);
      if (!blind || blind.sure || clock.now() >= until || this.request.signal?.aborted) return blind?.sentence;
      await clock.sleep(WATCH_EVERY_MS, this.request.signal);
    }
  }

  /** A switch proves itself by writes of its own: who may not make them finds that out before anybody's writes are refused. */
  private async tryProof(): Promise<string | undefined> {
    const { clock } = this.world;
    const call = { what: 's3 PutObject', mostMs: READ_MS, signal: this.request.signal, tries: 2 };
    try {
      await callRegion(clock, 'the access point', call, (signal) => this.deps.client.write(`${this.proofPrefix}before`, signal));
      return undefined;
    } catch (error) {
      return `nothing was changed: a write such as switches prove themselves by did not succeed (${reasonOf(error)})`;
    }
  }

  private get proofPrefix(): string {
    return `${PROBE_PREFIX}drill-${this.request.runId}/`;
  }

  /** The command counts from the person's yes: what they took to think is nobody's outage. */
  private async switch(from: string, to: string, ask: Teller['confirm']): Promise<ActOutcome> {
    const ended = new AbortController();
    const act = new AbortController();
    const giveUp = () => act.abort();
    this.request.signal?.addEventListener('abort', giveUp, { once: true });
    if (this.request.signal?.aborted) giveUp();
    let begun: { readonly index: number; readonly watching: Promise<unknown> } | undefined;
    const confirm: Teller['confirm'] = async (plan) => {
      const answer = await ask(plan);
      if (answer === 'yes' && !begun) {
        const commandAt = this.mark('command', `switchover to ${to}`, to);
        const index = this.switches.push({ from, to, commandAt }) - 1;
        begun = { index, watching: Promise.all([this.watchAcceptance(index, ended.signal), this.watchOutage(commandAt, ended.signal, giveUp)]) };
      }
      return answer;
    };
    try {
      const outcome = await this.deps.switchTo(to, this.telling(confirm), { deadline: this.request.deadline, signal: act.signal });
      if (begun) this.amend(begun.index, { endedAt: this.world.clock.now(), outcome: outcome.kind, sentence: outcome.sentence, lag: outcome.lag?.map((estimate) => estimate.sentence) });
      if (outcome.kind === 'served') this.mark('served', `${to} serves`, to);
      return outcome;
    } finally {
      ended.abort();
      this.request.signal?.removeEventListener('abort', giveUp);
      await begun?.watching;
    }
  }

  /** Reads the routes beside the act, for the moment at which they were accepted, and what the target lacked then. */
  private async watchAcceptance(index: number, signal: AbortSignal): Promise<void> {
    const { to } = this.switches[index];
    const wanted = routesWith([to], this.world.estate.members);
    while (!signal.aborted) {
      const read = await readRoutes(this.world, this.world.estate.accessPoint, { deadline: this.world.clock.now() + READ_MS, signal });
      if (read.kind === 'read' && sameRoutes(read.routes, wanted)) {
        const acceptedAt = this.mark('accepted', `routes accepted: ${to} active`, to);
        this.amend(index, { acceptedAt, missingAtAcceptance: await this.traffic.look(to) });
        return;
      }
      await this.world.clock.sleep(WATCH_EVERY_MS, signal);
    }
  }

  /** Ends the act when writes have been failing for longer than any switch should take; it then undoes what it can. */
  private async watchOutage(since: number, signal: AbortSignal, giveUp: () => void): Promise<void> {
    while (!signal.aborted) {
      const lastGood = Math.max(since, ...this.traffic.acknowledged.map((write) => write.at));
      if (this.world.clock.now() - lastGood > this.request.mostOutageMs) {
        this.mark('surprise', `no write has succeeded for ${Math.round(this.request.mostOutageMs / 1000)} s`);
        return giveUp();
      }
      await this.world.clock.sleep(WATCH_EVERY_MS, signal);
    }
  }

  private async surprised(surprise: string, restoreTo: string | undefined, next: readonly string[] = ['s3-failover status']): Promise<DrillResult> {
    this.mark('surprise', surprise);
    this.teller.say(`Surprise: ${surprise}`);
    const live = await this.routes();
    // Routes that are neither as before nor as the drill set them are somebody else's act, which stands.
    const ours = live !== undefined && sameRoutes(live, routesWith([this.request.target], this.world.estate.members));
    if (restoreTo === undefined || !ours) return this.finish('surprised', `the drill was stopped: ${surprise}`, next, surprise);
    this.teller.step(`Restore ${restoreTo}`);
    // A drill that was interrupted, or whose time is up, is still restored: it is what the person who interrupted it wants.
    const back = await this.deps.switchTo(restoreTo, this.telling(agreed), { deadline: Math.max(this.request.deadline, this.world.clock.now() + RESTORE_MS) });
    const how = back.kind === 'served' || back.kind === 'done' ? `; traffic is back in ${restoreTo}` : `; traffic could not be brought back: ${back.sentence}`;
    return this.finish('surprised', `the drill was stopped: ${surprise}${how}`, [...new Set([...back.next, ...next])], surprise);
  }

  private async finish(kind: DrillKind, sentence: string, next: readonly string[], surprise?: string): Promise<DrillResult> {
    this.mark('stopped', 'writing and reading end');
    await this.traffic.stop();
    return this.end(kind, sentence, next, surprise);
  }

  private async end(kind: DrillKind, sentence: string, next: readonly string[], surprise?: string): Promise<DrillResult> {
    const live = await this.routes();
    const leftovers = this.traffic.writes.length === 0 ? [] : await this.cleanUp();
    return {
      kind,
      sentence,
      surprise,
      restored: live && this.before && sameRoutes(live, this.before),
      before: this.before,
      live,
      expectedOutageSeconds: this.expectedOutageSeconds,
      recording: this.recording(),
      next: live && this.before && !sameRoutes(live, this.before) ? [...next, `s3-failover switchover ${activeRegions(this.before)[0]}`] : next,
      leftovers,
    };
  }

  private async cleanUp(): Promise<DrillResult['leftovers']> {
    this.teller.step('Remove what the drill wrote');
    const late = await Promise.all(this.world.estate.members.map((region) => this.untilArrived(region)));
    const clean = async (region: string, prefix: string) => {
      const abandon = new AbortController();
      const stopTimer = new AbortController();
      const late = this.world.clock.sleep(CLEAN_UP_MS, stopTimer.signal).then(() => {
        abandon.abort();
        return ['no answer in time'];
      });
      const reasons = await Promise.race([this.deps.client.removeAll(prefix, region, abandon.signal).catch((error: Error) => [error.message]), late]);
      stopTimer.abort();
      return reasons.map((reason) => ({ region, reason: `under '${prefix}': ${reason}` }));
    };
    const places = this.world.estate.members.flatMap((region) => [this.traffic.prefix, this.proofPrefix].map((prefix) => clean(region, prefix)));
    return [...late.flat(), ...(await Promise.all(places)).flat()];
  }

  /** What comes to a Region after it was cleaned would stay there. */
  private async untilArrived(region: string): Promise<DrillResult['leftovers']> {
    const { clock } = this.world;
    const until = clock.now() + CLEAN_UP_MS;
    for (;;) {
      const missing = await this.traffic.look(region);
      // Who does not answer is found out by the removal.
      if (missing === undefined || missing.length === 0) return [];
      if (clock.now() >= until) return [{ region, reason: `${missing.length} of the objects under '${this.traffic.prefix}' had not come yet, and what comes later stays` }];
      await clock.sleep(WATCH_EVERY_MS);
    }
  }

  private async routes(): Promise<Routes | undefined> {
    const read = await readRoutes(this.world, this.world.estate.accessPoint, { deadline: this.world.clock.now() + READ_MS });
    return read.kind === 'read' ? read.routes : undefined;
  }

  /** Asked once for there and back, with the plan's own expectation. */
  private async ask(plan: Plan): Promise<'yes' | 'no'> {
    this.expectedOutageSeconds = plan.expectedOutageSeconds;
    return this.teller.confirm(plan);
  }

  private telling(confirm: Teller['confirm']): Teller {
    return {
      step: (name) => {
        this.mark('step', name);
        this.teller.step(name);
      },
      progress: (done, of, note) => this.teller.progress(done, of, note),
      say: (line) => this.teller.say(line),
      confirm,
    };
  }

  private mark(kind: MarkKind, text: string, region?: string): number {
    const at = this.world.clock.now();
    this.marks.push({ at, kind, text, region });
    return at;
  }

  private amend(index: number, change: Partial<DrillSwitch>): void {
    this.switches[index] = { ...this.switches[index], ...change };
  }

  private recording(): Recording {
    return {
      regions: this.world.estate.members,
      beganAt: this.beganAt,
      endedAt: this.world.clock.now(),
      writes: this.traffic.writes,
      reads: this.traffic.reads,
      backlog: this.traffic.backlog,
      marks: this.marks,
      switches: this.switches,
    };
  }
}
