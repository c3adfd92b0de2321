import { timeLeft } from '../../routes/endpoint';
import { readFailed } from '../../routes/read';
import { activeRegions, describeRoutes, list, sameRoutes } from '../../routes/routes';
import { SOMEBODY_ELSE } from '../act/checks';
import { objections, type Plan } from '../act/plan';
import type { Teller } from '../act/world';
import { Act } from './act';
import type { Drain, Rehearsal } from './drain';
import { ListingDrain } from './drain-listing';
import { MetricsDrain } from './drain-metrics';
import { outcomeOf, type Ending } from './ending';
import { Hold } from './hold';
import { aheadMs, deadReason, lookAround, replacedIn, type Findings } from './look';
import { planOf } from './plan';
import { SWITCHOVER_TIMES, type SwitchoverTimes } from './times';
import { whose } from './whose';
import { stopReason } from './words';
import type { SwitchoverOutcome, SwitchoverRequest, SwitchoverWorld } from './world';

/**
 * Moves traffic to one Region, planned: writes to the Regions that are left are refused until the target has all of them and is seen
 * to take new ones.
 *
 * Whatever stops it leaves routes as they were, or as meant, or says how to find out; and no fence that outlives its time.
 */
export async function switchOver(world: SwitchoverWorld, teller: Teller, request: SwitchoverRequest, times: SwitchoverTimes = SWITCHOVER_TIMES): Promise<SwitchoverOutcome> {
  return outcomeOf(request, await run(world, teller, request, times));
}

async function run(world: SwitchoverWorld, teller: Teller, request: SwitchoverRequest, times: SwitchoverTimes): Promise<Ending> {
  const { target, limits } = request;
  teller.step('look at routes, Regions and policies');
  const looked = await lookAround(world, request, teller, times);
  if (looked.kind === 'no member') {
    return { kind: 'refused', sentence: `'${target}' is no Region of the access point, which has ${list(looked.members)}`, next: looked.members.map((region) => `s3-failover switchover ${region}`) };
  }
  if (timeLeft(world.clock, limits) === 0) return stoppedEarly(world, request);
  if (looked.kind === 'no routes') return { kind: 'failed', sentence: `nothing was changed: ${readFailed(looked.sight.survey.failed, world.estate.accessPoint).sentence}`, next: ['s3-failover doctor', 's3-failover card'] };

  const { findings } = looked;
  const live = findings.before;
  const already = sameRoutes(findings.before, findings.after) && findings.sight.survey.views.length === 1;
  const refusal = await refusalOf(world, findings, request, already);
  if (refusal) return { ...refusal, kind: 'refused', live };

  const leftBehind = [...findings.foreign].filter(([, known]) => known.ok && known.value.kind === 'left behind').map(([region]) => region);
  const sources = already ? leftBehind.filter((region) => region !== target) : findings.leaves;
  const act = (plan: Plan, drains: readonly Drain[]) => new Act(world, teller, request, { plan, findings, drains, sources, already }, times);
  if (already && leftBehind.length === 0) {
    const plan = planOf(world, request, findings, new Map(), times);
    return request.dryRun ? { kind: 'planned', sentence: `nothing to do: ${target} is the only active Region already`, live, plan } : act(plan, []).proveOnly();
  }

  const unfenceable = request.fence && !already ? await tryOut(world, findings, request, times) : undefined;
  if (unfenceable) return { ...unfenceable, live };
  const drains = sources.map((source) => drainFrom(world, source, findings, request, times));
  const rehearsals = already ? new Map<string, Rehearsal>() : await rehearse(drains, teller, request);
  if (timeLeft(world.clock, limits) === 0) return { ...stoppedEarly(world, request), live };
  const plan = planOf(world, request, findings, rehearsals, times);
  const { lag } = findings.sight;
  if (request.dryRun) return { kind: 'planned', sentence: plannedSentence(plan, already), live, plan, lag };

  const against = objections(plan);
  const hopeless = [...rehearsals.values()].some((one) => one.hopeless);
  if (against.length > 0 && (!request.force || hopeless)) {
    // Who else is at work explains most of what speaks against an act.
    const others = plan.checks.filter(({ name }) => name === SOMEBODY_ELSE);
    const sentence = `nothing was changed: ${[...against, ...others].map((check) => `${check.name}: ${check.sentence}`).join('; ')}`;
    return { kind: 'refused', sentence, live, plan, lag, next: [...against.flatMap(({ fix }) => fix ?? []), ...(hopeless ? [] : [`s3-failover switchover ${target} --force`])] };
  }
  if ((await teller.confirm(plan)) === 'no') return { kind: 'declined', sentence: 'nothing was done: declined', live, plan, lag };
  if (timeLeft(world.clock, limits) === 0) return { ...stoppedEarly(world, request), live, plan };
  return act(plan, drains).run();
}

/** What no `--force` overrules. */
async function refusalOf(world: SwitchoverWorld, findings: Findings, { target }: SwitchoverRequest, already: boolean): Promise<Pick<Ending, 'sentence' | 'next'> | undefined> {
  for (const region of findings.leaves) {
    const dead = deadReason(findings.answers.get(region));
    if (dead === undefined) continue;
    const sentence = `nothing was changed: ${region} does not answer (${dead}), and a planned switch needs the Region that it leaves: what only ${region} has could not be waited for`;
    return { sentence, next: [`s3-failover failover ${target}`, 's3-failover status'] };
  }
  for (const [region, known] of findings.foreign) {
    if (!known.ok || known.value.kind !== 'in use' || (!already && region !== target && !findings.leaves.includes(region))) continue;
    const soFar = already ? `${target} is the only active Region already, and somebody is still at work` : 'nothing was changed: somebody is at work';
    return { sentence: `${soFar}: the fence in ${region} is in use by ${await whose(world, known.value.fence)}`, next: ['s3-failover history', 's3-failover fence show'] };
  }
  return undefined;
}

async function tryOut(world: SwitchoverWorld, findings: Findings, { limits }: SwitchoverRequest, times: SwitchoverTimes): Promise<Ending | undefined> {
  const orders = findings.leaves.map((region) => ({ region, actId: 'x'.repeat(16), aheadMs: aheadMs(findings.answers, region), replaces: replacedIn(findings, region), exempt: [] }));
  const found = await new Hold(world, orders, limits, times).tryOut(limits);
  if (!found) return undefined;
  const sentence = found.kind === 'taken' ? `somebody else is at work, and raised a fence in ${found.region} just now: ${await whose(world, found.by)}` : found.sentence;
  return { kind: found.kind === 'failed' ? 'failed' : 'refused', sentence: `nothing was changed: ${sentence}`, next: found.kind === 'taken' || found.fix === undefined ? ['s3-failover history'] : [found.fix] };
}

function drainFrom(world: SwitchoverWorld, source: string, { rules, answers }: Findings, { target, drain }: SwitchoverRequest, times: SwitchoverTimes): Drain {
  const known = rules.get(source);
  const value = known?.ok ? known.value : undefined;
  const dead = [...answers].flatMap(([region, answer]) => (deadReason(answer) === undefined ? [] : [region]));
  return drain === 'listing' ? new ListingDrain(world, source, target, value, dead, leastAheadMs(answers, [source, target]), times) : new MetricsDrain(world, source, target, value, times);
}

/** Undefined where one of the Regions did not tell its time. */
function leastAheadMs(answers: Findings['answers'], regions: readonly string[]): number | undefined {
  const told = regions.flatMap((region) => {
    const answer = answers.get(region);
    return answer?.ok ? [answer.aheadMs] : [];
  });
  return told.length === regions.length ? Math.min(...told) : undefined;
}

async function rehearse(drains: readonly Drain[], teller: Teller, { limits, target, drain }: SwitchoverRequest): Promise<Map<string, Rehearsal>> {
  teller.step(drain === 'listing' ? `compare ${list(drains.map(({ source }) => source))} with ${target}` : 'read the replication metrics');
  const rehearsals = new Map<string, Rehearsal>();
  // One after the other: nothing is fenced yet, and nobody waits for it.
  for (const one of drains) rehearsals.set(one.source, await one.rehearse(limits, (done, of, note) => teller.progress(done, of, note)));
  return rehearsals;
}

function plannedSentence(plan: Plan, already: boolean): string {
  if (already) return `nothing was done (--dry-run): ${describeRoutes(plan.before)} already, and what another run left would be lifted`;
  return `nothing was done (--dry-run): routes would be changed from ${list(activeRegions(plan.before))} to ${list(plan.targets)}`;
}

/** Before anything was begun. */
function stoppedEarly(world: SwitchoverWorld, { limits }: SwitchoverRequest): Ending {
  return { kind: 'failed', sentence: `nothing was changed: ${stopReason(world, limits)} before anything was begun` };
}
