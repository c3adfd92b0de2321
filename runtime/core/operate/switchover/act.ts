import { reasonOf } from '../../calls/reason';
import { markerPrefix } from '../../lag/markers';
import type { Instant } from '../../ports';
import { changeRoutes } from '../../routes/change';
import type { ChangeResult } from '../../routes/change-result';
import { ifOneOf } from '../../routes/decision';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { activeRegions, list } from '../../routes/routes';
import { PROBE_PREFIX, proveServed, type Landing, type ServedResult } from '../../routes/served';
import { corrected, undone } from '../act/correct';
import { awaitLastWord } from '../act/last-word';
import { whoMoved } from '../act/others';
import { objections, type Plan } from '../act/plan';
import { mayHaveMoved, MOVED_NEXT, type Reached } from '../act/reached';
import { seconds } from '../act/words';
import type { Teller } from '../act/world';
import { callRegion } from '../call';
import { FenceCheck } from '../fence/check';
import { FENCE_CHECK_PREFIX } from '../fence/statement';
import { leaveWatermark } from '../reconcile/watermark';
import type { Drain, Drained } from './drain';
import type { Ending } from './ending';
import { Hold, type Raised } from './hold';
import { Ledger } from './ledger';
import { aheadMs, replacedIn, type Findings } from './look';
import { heldElsewhere, isNothingLost, lossSentence, outageSeconds } from './loss';
import { makeReady } from './ready';
import type { SwitchoverTimes } from './times';
import { whose } from './whose';
import { fenceNext, fenceWords, stopReason } from './words';
import type { FenceReport, LookReport, SwitchoverRequest, SwitchoverWorld } from './world';

export interface ActParts {
  readonly plan: Plan;
  readonly findings: Findings;
  readonly drains: readonly Drain[];
  /** Regions that get a fence: those that are left, or in which another run left one. */
  readonly sources: readonly string[];
  /** Routes are as wanted already: what another run began is brought to its end. */
  readonly already: boolean;
}

/** A fence with less time left than this is not fit to see a submit through. */
const NEARLY_WHOLE_MS = 10_000;

/** From the person's yes to the end. */
export class Act {
  private readonly ledger: Ledger;
  private readonly hold?: Hold;
  private readonly startedAt: Instant;
  private readonly targetCheck: FenceCheck;
  private mayWrite = false;
  /** Writes were looked for in the target, which removes all of them. */
  private looked = false;
  private acceptedAt?: Instant;
  private landedAt?: Instant;
  private drained: readonly Drained[] = [];
  private submitting = false;
  private change?: ChangeResult;

  constructor(
    private readonly world: SwitchoverWorld,
    private readonly teller: Teller,
    private readonly request: SwitchoverRequest,
    private readonly parts: ActParts,
    private readonly times: SwitchoverTimes,
  ) {
    const { plan, findings, sources, already } = parts;
    this.startedAt = world.clock.now();
    this.ledger = new Ledger(world, teller, request, plan, sources, times);
    this.targetCheck = new FenceCheck(world.clock, world.buckets(request.target), this.ledger.actId, times.fence.callMs);
    if (sources.length > 0 && (request.fence || already)) {
      const orders = sources.map((region) => ({ region, actId: this.ledger.actId, aheadMs: aheadMs(findings.answers, region), replaces: replacedIn(findings, region), exempt: exemptIn(findings, region) }));
      this.hold = new Hold(world, orders, request.limits, times);
    }
  }

  async run(): Promise<Ending> {
    const { teller, request, parts, ledger } = this;
    for (const check of request.force ? objections(parts.plan) : []) teller.say(`Forced, although ${check.name}: ${check.sentence}`);
    const refusal = await ledger.open(parts.findings.sight.register);
    if (refusal !== undefined) return this.ending('refused', `nothing was changed: ${refusal}`, { next: MOVED_NEXT });
    let ending: Ending;
    try {
      ending = await this.carryOut();
    } catch (error) {
      await this.abandon();
      await ledger.close({ kind: 'failed', sentence: `a defect of this tool: ${reasonOf(error)}` }, this.mayHaveMoved());
      throw error;
    }
    teller.step('write it down');
    await this.clean(ending);
    let kept = await ledger.close(ending, this.mayHaveMoved());
    const otherwise = await this.undone(ending);
    if (otherwise) kept = await ledger.amend((ending = otherwise), this.mayHaveMoved());
    return kept.length > 0 ? ending : { ...ending, next: [...(ending.next ?? []), 'no Region took the record of this act: note who did what, and when'] };
  }

  /** Routes are as wanted, and nothing was left: only whether writes land there is to be seen. */
  async proveOnly(): Promise<Ending> {
    const { target } = this.request;
    const served = await this.prove(this.request.limits);
    const sentence = `${target} is the only active Region already, and nothing was changed; ${served.sentence}`;
    if (timeLeft(this.world.clock, this.request.limits) === 0 && served.kind !== 'served') return this.ending('done', `${sentence}; ${stopReason(this.world, this.request.limits)}`, { proof: this.readBack(), served });
    return this.ending(served.kind === 'served' ? 'served' : 'done', sentence, { proof: served.kind === 'served' ? 'served' : this.readBack(), served, next: served.kind === 'served' ? [] : ['s3-failover status'] });
  }

  private async carryOut(): Promise<Ending> {
    const { world, teller, request, parts, ledger, times } = this;
    const ready = await makeReady(world, teller, request, { check: this.targetCheck, actId: ledger.actId, leftBehind: replacedIn(parts.findings, request.target) }, times);
    if (!ready.ok) return this.undo('refused', ready.sentence, ready.next);
    this.mayWrite = ready.mayWrite;
    const unseen = parts.already ? undefined : await this.hold?.calibrate(request.limits);
    if (unseen) return this.notRaised(unseen);
    if (parts.already) return this.finish();
    const stopped = this.hold ? await this.fenceAndDrain(this.hold) : await this.drainUnfenced();
    return stopped ?? this.submit();
  }

  /** Nothing comes back when everything is ready to submit. */
  private async fenceAndDrain(hold: Hold): Promise<Ending | undefined> {
    const { teller, request, times } = this;
    for (let round = 1; ; round++) {
      teller.step(`fence ${list(hold.regions)}`);
      const up = await hold.put(request.limits);
      if (up.kind !== 'up') return this.notRaised(up);
      teller.step('see writes refused');
      const seen = await hold.seeRefused(request.limits);
      if (seen.kind !== 'up') return this.notRaised(seen);
      hold.begin();
      const notDrained = await this.drain();
      if (notDrained) return notDrained;
      await hold.look(times.fence.lifetimeMs - NEARLY_WHOLE_MS);
      if (hold.rival) return this.notRaised({ kind: 'taken', region: hold.rival.region, by: hold.rival.fence });
      if (this.isOver()) return this.undo('failed', stopReason(this.world, request.limits));
      const lasts = hold.left >= Math.min(times.propagationMs, times.fence.lifetimeMs / 2);
      if (hold.gaps.length === 0 && lasts) return undefined;
      const why = hold.gaps.length > 0 ? `the fence was not up all the time (${hold.gaps.join(', ')})` : 'the fence could not be extended';
      if (round >= times.rounds) return this.undo('failed', `${why}, ${round} times`, ['s3-failover fence show']);
      teller.say(`Once more from the fence on: ${why}.`);
    }
  }

  private async drainUnfenced(): Promise<Ending | undefined> {
    return (await this.drain()) ?? (this.isOver() ? this.undo('failed', stopReason(this.world, this.request.limits)) : undefined);
  }

  private async drain(): Promise<Ending | undefined> {
    const { teller, request, parts, times } = this;
    teller.step(`drain ${list(parts.sources)} into ${request.target}`);
    const waitMs = request.waitMs ?? times.waitMs[request.drain];
    this.drained = await Promise.all(parts.drains.map((one) => one.drain(request.limits, waitMs, (done, of, note) => teller.progress(done, of, note))));
    if (this.isOver()) return this.undo('failed', stopReason(this.world, request.limits));
    for (const one of this.drained) if (one.kind === 'not drained') return this.undo('refused', one.sentence, [one.fix]);
    for (const one of this.drained) teller.say(one.sentence);
    return undefined;
  }

  private async submit(): Promise<Ending> {
    const { world, teller, request, parts, times } = this;
    const { survey } = parts.findings.sight;
    const views = request.force ? survey.views.map(({ routes }) => routes) : [parts.plan.before];
    teller.step('submit routes');
    this.submitting = true;
    const change = await changeRoutes(
      world,
      {
        accessPoint: world.estate.accessPoint,
        decide: ifOneOf(views, parts.plan.after),
        lastResort: parts.plan.leaves,
        expects: survey.good.map(({ endpoint }) => endpoint),
        limits: this.within(times.submitMs),
        gate: this.ledger.gate,
        tell: (event) => {
          if (event.kind === 'accepted') this.acceptedAt = world.clock.now();
          teller.say(`${this.elapsed()}  ${event.kind === 'in doubt' ? `no last word from ${event.endpoint} (${event.failure.kind}); reading elsewhere before anything else is sent` : `routes ${event.kind}, at ${event.endpoint}`}`);
        },
      },
      times.change,
    );
    this.change = change;
    switch (change.kind) {
      case 'done':
        return this.settle({ kind: 'done', sentence: change.sentence, proof: change.proof, live: change.live, change, next: [] });
      case 'accepted':
      case 'unknown':
        return this.lastWord(change);
      case 'overtaken':
        return this.overtaken(`${change.sentence}, ${await whoMoved(world, change.live, this.ledger.actId)}`, change);
      case 'refused': {
        const who = change.because === 'moved' ? `, ${await whoMoved(world, change.live, this.ledger.actId)}` : '';
        return this.undo('refused', `${change.sentence}${who}`, MOVED_NEXT, change);
      }
      case 'disagreement':
        return this.undo('refused', change.sentence, ['s3-failover routes show'], change);
      case 'failed':
        return this.undo('failed', change.sentence, ['s3-failover routes show', 's3-failover card'], change);
    }
  }

  /** The fence stays while it is watched whether the change lands after all. */
  private async lastWord(change: Extract<ChangeResult, { kind: 'unknown' | 'accepted' }>): Promise<Ending> {
    const { world, teller, parts, times } = this;
    const limits = this.within(times.watchMs + times.served.cleanUpMs);
    const asked = { change, targets: activeRegions(parts.plan.after), serve: this.mayWrite, startedAt: this.startedAt, own: this.ledger.actId, limits };
    const reached = await awaitLastWord(world, teller, asked, { read: times.change.read, served: times.served });
    if (reached.kind === 'served' || reached.kind === 'done') return this.settle(reached);
    if (reached.kind === 'failed') return this.overtaken(reached.sentence, change);
    // A change that may yet land finds the fence for as long as that lasts. Where traffic stays meanwhile, writes must pass again.
    const fences = this.isOver() || !this.hold ? await this.leave() : await this.hold.lift();
    const sentence = `${reached.sentence}${fenceWords(fences)}`;
    return this.ending('unknown', sentence, { ...reached, fences, next: [...reached.next, ...fenceNext(fences)] });
  }

  /** Somebody else's change came after ours, or instead of it. */
  private async overtaken(sentence: string, change: ChangeResult): Promise<Ending> {
    const active = change.live ? activeRegions(change.live) : [];
    const needed = this.hold?.regions.some((region) => active.includes(region)) ?? false;
    const fences = needed ? await this.hold!.lift() : await this.leave();
    return this.ending('failed', `${sentence}${fenceWords(fences)}`, { live: change.live, change, fences, next: [...MOVED_NEXT, ...fenceNext(fences)] });
  }

  /** Another run has moved the routes: its fence is kept as long as they may be spreading. */
  private async finish(): Promise<Ending> {
    const { teller, request, parts } = this;
    if (this.hold) {
      teller.step(`take over the fence in ${list(this.hold.regions)}`);
      const up = await this.hold.put(request.limits);
      if (up.kind !== 'up') return this.notRaised(up);
      this.hold.begin();
    }
    const sentence = `${request.target} was the only active Region already, by a run that came to no end`;
    this.acceptedAt = this.world.clock.now();
    return this.settle({ kind: 'done', sentence, proof: this.readBack(), live: parts.plan.after, change: soAlready(parts), next: [] });
  }

  /** Routes are as meant: sees it, keeps the fence until they have spread, lifts it, and looks once more. */
  private async settle(reached: Reached): Promise<Ending> {
    const { world, teller, request, parts, times, hold } = this;
    const acceptedAt = (this.acceptedAt ??= world.clock.now());
    const served = reached.kind === 'served' ? undefined : await this.prove(this.within(acceptedAt + times.servedMs - world.clock.now()));
    const proven: Reached = served?.kind === 'served' ? { ...reached, kind: 'served', proof: 'served', sentence: `${reached.sentence}; ${served.sentence}` } : served ? { ...reached, sentence: `${reached.sentence}; ${served.sentence}` } : reached;
    if (hold) await this.outlast(acceptedAt + times.propagationMs);
    if (this.isOver()) return this.cutShort(proven, served);

    let fences: readonly FenceReport[] = [];
    if (hold) {
      teller.step(`lift the fence in ${list(hold.regions)}`);
      fences = await hold.lift();
    }
    const lastLook = request.fence || parts.already ? await this.lastLook() : undefined;
    if (request.watermark !== false && lastLook?.clean && fences.every(({ state }) => state === 'lifted')) await this.leaveWatermarks();
    const last = await corrected(world, proven, parts.plan.after, [parts.plan.before], this.ledger.actId);
    const elsewhere = heldElsewhere(parts.findings.sight, [request.target, ...parts.sources]);
    const evidence = { target: request.target, level: request.drain, sources: parts.sources, already: parts.already, fenced: hold !== undefined, fences, drained: this.drained, lastLook, elsewhere };
    const nothingLost = last.kind === 'served' && isNothingLost(evidence);
    const outage = this.outageSeconds();
    const sentence = [last.sentence, lossSentence(evidence, nothingLost), outage === undefined ? '' : `no write succeeded for ${outage} s`].filter((part) => part !== '').join('; ');
    return this.ending(last.kind, `${sentence}${fenceWords(fences.filter(({ state }) => state !== 'lifted'))}`, {
      ...last, fences, served, lastLook, nothingLost, outageSeconds: outage, next: [...last.next, ...fenceNext(fences), ...((lastLook && !lastLook.clean) || (elsewhere.kind === 'known' && elsewhere.regions.length > 0) ? ['s3-failover reconcile'] : [])],
    });
  }

  /** After the submit nothing is taken back: the fence lapses when routes have had their time to spread. */
  private async cutShort(reached: Reached, served: ServedResult | undefined): Promise<Ending> {
    const fences = await this.leave();
    const sentence = `${reached.sentence}; then ${stopReason(this.world, this.request.limits)}${fenceWords(fences)}, and nothing was looked for any more`;
    return this.ending(reached.kind, sentence, { ...reached, fences, served, outageSeconds: this.outageSeconds(), next: [...reached.next, `s3-failover switchover ${this.request.target}`, ...fenceNext(fences)] });
  }

  private async prove(limits: Limits): Promise<ServedResult> {
    const { world, teller, request, ledger, times } = this;
    this.looked = true;
    teller.step(`see writes land in ${request.target}`);
    let writes = 0;
    const tell = (landing: Landing, served: boolean) => {
      writes++;
      if (landing.kind === 'landed' && landing.region === request.target) this.landedAt ??= landing.at;
      teller.progress(writes, undefined, landing.kind === 'landed' ? `the last landed in ${landing.region}` : landing.reason);
      if (served) teller.say(`${this.elapsed()}  served by ${request.target}`);
    };
    return proveServed(world, world.probe, { targets: [request.target], runId: ledger.actId, limits, mayWrite: this.mayWrite, tell }, times.served);
  }

  private async outlast(until: Instant): Promise<void> {
    const { clock } = this.world;
    const { limits } = this.request;
    if (clock.now() >= until) return;
    const began = clock.now();
    this.teller.step('keep the fence while routes spread');
    while (clock.now() < until && timeLeft(clock, limits) > 0) {
      await clock.sleep(Math.min(1_000, until - clock.now(), timeLeft(clock, limits)), limits.signal);
      this.teller.progress(clock.now() - began, until - began, 'until routes have spread everywhere');
    }
  }

  private async lastLook(): Promise<LookReport | undefined> {
    this.teller.step('look once more');
    const looks = await Promise.all(this.parts.drains.map((one) => one.lastLook(this.request.limits, (done, of, note) => this.teller.progress(done, of, note))));
    const told = looks.flatMap((look) => look ?? []);
    if (told.length === 0) return undefined;
    return { clean: told.length === looks.length && told.every(({ clean }) => clean), sentence: told.map(({ sentence }) => sentence).join('; '), missing: told.flatMap(({ missing }) => missing) };
  }

  /** So that a comparison after the next failover begins here. The fence does not let it pass: it comes after that. */
  private async leaveWatermarks(): Promise<void> {
    const { world, teller, request, ledger } = this;
    const { target } = request;
    await Promise.all(
      this.parts.drains.map(async (one) => {
        const at = one.equalBefore?.();
        if (at === undefined) return;
        const both = [[one.source, target], [target, one.source]] as const;
        const failures = await Promise.all(both.map(([from, to]) => leaveWatermark(world, { from, to, at, by: 'switchover', actId: ledger.actId }, request.limits.signal ?? new AbortController().signal)));
        const [why] = failures.flatMap((failure) => failure ?? []);
        if (why !== undefined) teller.say(`no watermark was left for ${one.source} and ${target} (${why})`);
      }),
    );
  }

  private outageSeconds(): number | undefined {
    return outageSeconds(this.hold?.firstRefusedAt, this.landedAt);
  }

  private async notRaised(raised: Exclude<Raised, { kind: 'up' }>): Promise<Ending> {
    if (this.isOver()) return this.undo('failed', stopReason(this.world, this.request.limits));
    if (raised.kind !== 'taken') return this.undo(raised.kind, raised.sentence, raised.fix === undefined ? ['s3-failover fence show'] : [raised.fix]);
    return this.undo('refused', `somebody else is at work: the fence in ${raised.region} is that of ${await whose(this.world, raised.by)}`, MOVED_NEXT);
  }

  /** Routes were not touched: takes back everything else. */
  private async undo(kind: 'refused' | 'failed', sentence: string, next: readonly string[] = [], change?: ChangeResult): Promise<Ending> {
    const raised = this.hold?.firstRefusedAt !== undefined || (this.hold?.left ?? 0) > 0;
    if (raised) this.teller.step(`lift the fence in ${list(this.hold!.regions)}`);
    const fences = raised ? await this.hold!.lift() : [];
    const routes = this.parts.already ? 'routes stay as they are' : 'routes are as they were';
    return this.ending(kind, `${sentence}; ${routes}${fenceWords(fences)}`, { change, live: change?.live ?? this.parts.plan.before, fences, next: [...next, ...fenceNext(fences)] });
  }

  /** Leaves the fences to lapse by themselves. */
  private async leave(): Promise<readonly FenceReport[]> {
    return (await this.hold?.leave()) ?? [];
  }

  /** An error of our own: before the submit the fence is lifted, after it it lapses. */
  private async abandon(): Promise<void> {
    if (this.mayHaveMoved()) await this.leave();
    else await this.hold?.lift();
  }

  private async clean({ fences = [] }: Ending): Promise<void> {
    const { world, parts, times } = this;
    const others = world.estate.regions.map(world.buckets);
    // Behind a fence that stays, what was written to see it stays too.
    const lifted = fences.every(({ state }) => state === 'lifted');
    const [inTarget, inSources] = await Promise.all([this.targetCheck.remove(others, times.claimMs), lifted ? this.hold?.clean() : undefined, ...parts.drains.map((one) => one.clean())]);
    await this.removeTrial();
    const left = [...inTarget, ...(inSources ?? [])];
    if (left.length > 0) this.teller.say(`Small objects of ours under '${FENCE_CHECK_PREFIX}' could not be removed: ${left[0]}`);
  }

  /** The write through the access point that was made before the fence, where none came after it. */
  private async removeTrial(): Promise<void> {
    const { world, times, ledger } = this;
    if (!this.mayWrite || this.looked) return;
    const prefix = `${PROBE_PREFIX}${ledger.actId}/`;
    const remove = async (region: string) => {
      const reasons = await callRegion(world.clock, region, { what: 's3 DeleteObjects', mostMs: times.claimMs }, (signal) => world.probe.removeAll(prefix, region, signal)).catch((error) => [reasonOf(error)]);
      if (reasons.length > 0) world.log.warn('a write through the access point could not be removed', { region, prefix, reason: reasons[0] });
    };
    await Promise.all(world.probe.regions.map(remove));
  }

  /** What the act comes to after all, where somebody moved the routes while it was being written down. */
  private async undone(ending: Ending): Promise<Ending | undefined> {
    const { kind, sentence, change, proof = 'none', next = [] } = ending;
    if (!change || (kind !== 'served' && kind !== 'done')) return undefined;
    const { plan } = this.parts;
    const otherwise = await undone(this.world, { kind, sentence, change, proof, next, live: ending.live }, plan.after, [plan.before], this.ledger.actId);
    return otherwise && { ...ending, ...otherwise, nothingLost: false };
  }

  private mayHaveMoved(): boolean {
    return this.change ? mayHaveMoved(this.change) : this.submitting;
  }

  private readBack(): 'read back' | 'read back elsewhere' {
    return this.parts.findings.sight.survey.good.length > 1 ? 'read back elsewhere' : 'read back';
  }

  private ending(kind: Ending['kind'], sentence: string, more: Partial<Ending> = {}): Ending {
    const { plan } = this.parts;
    return { ...more, kind, sentence, plan, lag: this.parts.findings.sight.lag, actId: this.ledger.actId, live: more.live ?? plan.before, drained: this.drained.map((one) => one.sentence) };
  }

  private isOver(): boolean {
    return timeLeft(this.world.clock, this.request.limits) === 0;
  }

  private within(milliseconds: number): Limits {
    const { limits } = this.request;
    return { ...limits, deadline: Math.min(limits.deadline, this.world.clock.now() + milliseconds) };
  }

  private elapsed(): string {
    return seconds(this.world.clock.now() - this.startedAt);
  }
}

/** Markers under the key prefixes of rules are written while the fence is up. */
function exemptIn({ rules }: Findings, region: string): string[] {
  const known = rules.get(region);
  return known?.ok ? known.value.map((rule) => markerPrefix(rule.keyPrefix, region)) : [];
}

function soAlready({ plan, findings }: ActParts): ChangeResult {
  const { survey } = findings.sight;
  const elsewhere = survey.good.length > 1;
  return { kind: 'done', routes: plan.after, submitted: false, proof: elsewhere ? 'read back elsewhere' : 'read back', secondEndpoint: elsewhere ? 'agrees' : 'none lives', before: plan.before, live: plan.after, attempts: [], pending: [], rows: survey.rows, sentence: 'routes were as wanted already' };
}
