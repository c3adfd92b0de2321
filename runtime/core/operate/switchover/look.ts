import { CallError } from '../../calls/call-error';
import { reasonOf } from '../../calls/reason';
import { dataRules, type DataRule } from '../../lag/rules';
import { timeLeft } from '../../routes/endpoint';
import { activeRegions, routesWith, type Routes } from '../../routes/routes';
import { observe, type Sight } from '../act/observe';
import type { Teller } from '../act/world';
import { callRegion } from '../call';
import { timeAhead } from '../fence/ahead';
import { judgeForeign, type Foreign } from '../fence/foreign';
import type { ActRecord } from '../history/record';
import type { OpenUpload } from '../ports';
import type { SwitchoverTimes } from './times';
import type { SwitchoverRequest, SwitchoverWorld } from './world';

export type Known<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** All that is known before anything is planned. */
export interface Findings {
  readonly sight: Sight;
  /** Live routes, as most endpoints have them. */
  readonly before: Routes;
  readonly after: Routes;
  /** Regions that traffic leaves, all of them active now. */
  readonly leaves: readonly string[];
  /** How each member's bucket answered. */
  readonly answers: ReadonlyMap<string, RegionAnswer>;
  /** Rules from each other member to the target. */
  readonly rules: ReadonlyMap<string, Known<readonly DataRule[]>>;
  readonly uploads: ReadonlyMap<string, Known<{ readonly uploads: readonly OpenUpload[]; readonly more: boolean }>>;
  /** Fences of others, in every member that answered. */
  readonly foreign: ReadonlyMap<string, Known<Exclude<Foreign, { kind: 'unreadable' }>>>;
  readonly records: readonly ActRecord[];
}

/** By how much a Region's time of day is ahead of ours; or why that is not known, and whether it looks dead. */
export type RegionAnswer = { readonly ok: true; readonly aheadMs: number } | { readonly ok: false; readonly dead: boolean; readonly reason: string };

export type Looked = { readonly kind: 'found'; readonly findings: Findings } | { readonly kind: 'no routes'; readonly sight: Sight } | { readonly kind: 'no member'; readonly members: readonly string[] };

/** Asks every Region for what concerns the act. Nothing is changed. */
export async function lookAround(world: SwitchoverWorld, request: SwitchoverRequest, teller: Teller, times: SwitchoverTimes): Promise<Looked> {
  const { target, limits } = request;
  const { estate } = world;
  if (!estate.members.includes(target)) return { kind: 'no member', members: estate.members };
  const asked = Promise.all(estate.members.map(async (region) => [region, await ask(world, region, times.claimMs, limits.signal)] as const));
  const rolesOf = (routes: Routes) => ({ targets: [target], leaves: activeRegions(routes).filter((region) => region !== target) });
  const sight = await observe(world, { target, limits, rolesOf: ({ views }) => rolesOf(mostTold(views) ?? []) }, times.observe);
  const before = mostTold(sight.survey.views);
  if (!before) return { kind: 'no routes', sight };

  const { leaves } = rolesOf(before);
  const answers = new Map(await asked);
  const isDead = (region: string) => deadReason(answers.get(region)) !== undefined;
  const records = sight.history.records;
  const each = async <T>(regions: readonly string[], act: (region: string) => Promise<T>) => new Map(await Promise.all(regions.map(async (region) => [region, await known(() => act(region))] as const)));
  const call = <T>(region: string, what: string, act: (signal: AbortSignal) => Promise<T>) =>
    callRegion(world.clock, region, { what, mostMs: Math.min(times.claimMs, timeLeft(world.clock, limits)), signal: limits.signal, tries: 2 }, act);

  const [rules, uploads, foreign] = await Promise.all([
    each(estate.members.filter((region) => region !== target && !isDead(region)), async (region) => dataRules(await call(region, 's3 GetBucketReplication', (signal) => world.replication(region, signal)), estate.buckets[target])),
    each(leaves, (region) => call(region, 's3 ListMultipartUploads', (signal) => world.buckets(region).listUploads(signal))),
    each(
      estate.members.filter((region) => !isDead(region)),
      (region) => foreignFences(world, region, aheadMs(answers, region), records, request, teller, times),
    ),
  ]);
  return { kind: 'found', findings: { sight, before, after: routesWith([target], before.map((route) => route.region)), leaves, answers, rules, uploads, foreign, records } };
}

/** The view that most endpoints share; of several, that of the liveliest. */
function mostTold(views: Sight['survey']['views']): Routes | undefined {
  const [most] = [...views].sort((a, b) => b.endpoints.length - a.endpoints.length);
  return most?.routes;
}

/** Why a Region looks dead; undefined when it does not, or when only this caller was turned away. */
export function deadReason(answer: RegionAnswer | undefined): string | undefined {
  return answer === undefined || answer.ok || !answer.dead ? undefined : answer.reason;
}

export function aheadMs(answers: Findings['answers'], region: string): number {
  const answer = answers.get(region);
  return answer?.ok ? answer.aheadMs : 0;
}

/** Acts whose fences were left behind in a Region. */
export function replacedIn({ foreign }: Findings, region: string): readonly string[] {
  const known = foreign.get(region);
  return known?.ok && known.value.kind === 'left behind' ? known.value.fences.map(({ actId }) => actId) : [];
}

async function ask(world: SwitchoverWorld, region: string, mostMs: number, signal: AbortSignal | undefined): Promise<RegionAnswer> {
  try {
    return { ok: true, aheadMs: await timeAhead(world, region, { mostMs, signal, tries: 2 }) };
  } catch (error) {
    const dead = error instanceof CallError && error.unreachable && error.code !== 'SlowDown';
    return { ok: false, dead, reason: reasonOf(error) };
  }
}

async function foreignFences(
  world: SwitchoverWorld,
  region: string,
  ahead: number,
  records: readonly ActRecord[],
  { limits }: SwitchoverRequest,
  teller: Teller,
  times: SwitchoverTimes,
): Promise<Exclude<Foreign, { kind: 'unreadable' }>> {
  const foreign = await judgeForeign(
    world,
    {
      bucket: world.buckets(region),
      aheadMs: ahead,
      ended: (other) => records.some((record) => record.id === other && record.phase === 'ended'),
      limits,
      waiting: (fence, forMs) => teller.say(`There is a fence in ${region}, of act ${fence.actId}: waiting up to ${Math.ceil(forMs / 1_000)} s to see whether it is still in use.`),
    },
    times.fence,
  );
  if (foreign.kind === 'unreadable') throw new Error(foreign.problem);
  return foreign;
}

async function known<T>(act: () => Promise<T>): Promise<Known<T>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}
