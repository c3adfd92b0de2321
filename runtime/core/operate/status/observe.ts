import { CallError } from '../../calls/call-error';
import { reasonOf } from '../../calls/reason';
import type { Direction } from '../../lag/direction';
import { LAG_TIMES, observeLag, type LagTimes } from '../../lag/observe';
import { lagReport, type LagReport } from '../../lag/report';
import type { ControlEndpoint, Limits } from '../../routes/endpoint';
import { timeLeft } from '../../routes/endpoint';
import { READ_TIMES, surveyRoutes, type ReadTimes, type Survey } from '../../routes/read';
import { activeRegions, memberRegions, type Routes } from '../../routes/routes';
import type { OperateWorld } from '../act/world';
import { callRegion } from '../call';
import { readFences } from '../fence/read';
import type { FenceTerms } from '../fence/statement';
import { atWork } from '../history/at-work';
import { quarantined } from '../history/quarantine';
import { readHistory, type HistoryView } from '../history/read';
import type { ActRecord } from '../history/record';
import type { WallClock } from '../ports';
import { ControllerWatch } from './controller';
import type { ControllerStatus, FenceStatus, Health, RegionStatus, RouteState, Status } from './model';

export type StatusWorld = Omit<OperateWorld, 'who' | 'probe' | 'random'>;

export interface StatusTimes {
  readonly read: ReadTimes;
  /** One Region's time for a probe, and for telling its policy. */
  readonly callMs: number;
  /** The whole history's time, and how long slower Regions are waited for once one has told its part. */
  readonly historyMs: number;
  readonly historySettleMs: number;
  readonly lag: LagTimes;
  /** How long voters are watched to see them report: they do so every few seconds. */
  readonly reportsMs: number;
}

/** Who looks at three in the morning waits: from anywhere a living Region answers well within these. */
export const STATUS_TIMES: StatusTimes = { read: READ_TIMES, callMs: 3_000, historyMs: 5_000, historySettleMs: 1_500, lag: { ...LAG_TIMES, callMs: 3_000 }, reportsMs: 2_500 };

/** Acts that are read: the last one, and those that may be under way. Quarantines come on top, however old. */
const ACTS = 10;

export interface StatusOptions {
  /** How far the directions are behind, when it was looked at shortly before: S3 publishes once a minute. */
  readonly directions?: readonly LagReport[];
  /** Remembers who has reported, from one look to the next. */
  readonly watch?: ControllerWatch;
}

/**
 * Looks at everything at once. Nothing is waited for longer than its own bound, so that the whole takes no longer with Regions
 * and endpoints dead; what could not be looked at is said, and never guessed. Changes nothing.
 */
export async function observeStatus(world: StatusWorld, limits: Limits, { directions, watch }: StatusOptions = {}, times: StatusTimes = STATUS_TIMES): Promise<Status> {
  const { clock, wall, estate } = world;
  const at = wall.now();
  const taps = tapped(world.endpoints);
  const surveying = surveyRoutes({ clock, endpoints: taps.endpoints }, estate.accessPoint, limits, times.read).finally(taps.close);
  const [survey, probes, fences, history, controller, lag] = await Promise.all([
    surveying,
    Promise.all(estate.regions.map((region) => probe(world, region, limits, times))),
    Promise.all(estate.regions.map((region) => fencesIn(world, region, limits, times))),
    readHistory(world, { acts: ACTS, callMs: times.callMs, settleMs: times.historySettleMs, mostMs: Math.min(times.historyMs, timeLeft(clock, limits)) }),
    surveying.then((seen) => controllerOf(world, seen, watch, limits, times)),
    directions ?? taps.first.then((routes) => lagBetween(world, routes, limits, times)),
  ]);
  const active = survey.views.length === 1 ? activeRegions(survey.views[0].routes) : undefined;
  const clockAheadMs = median(probes.flatMap(({ aheadMs }) => aheadMs ?? []));
  const quarantines = new Map(quarantined(history.records).map(({ region, since }) => [region, since]));
  const regions = estate.regions.map((region, index): RegionStatus => ({
    region,
    bucket: estate.buckets[region],
    route: estate.members.includes(region) ? routeOf(region, survey) : 'no member',
    health: probes[index].health,
    fence: fenceStatus(fences[index], wall.now() + (clockAheadMs ?? 0)),
    quarantinedSince: quarantines.get(region) ?? (controller.kind === 'there' && controller.view.quarantined.includes(region) ? 'unknown' : undefined),
    excludedBecause: controller.kind === 'there' ? controller.view.excluded.find((one) => one.region === region)?.why : undefined,
    since: active && sinceWhen(region, active, history.records),
  }));
  return { at, regions, directions: lag, survey, active, clockAheadMs, controller, history: historyStatus({ ...wall, now: () => at }, history) };
}

/** Endpoints that let the first good answer be used before the slow ones are done. */
function tapped(endpoints: readonly ControlEndpoint[]) {
  let tell: (routes: Routes | undefined) => void = () => undefined;
  const first = new Promise<Routes | undefined>((resolve) => (tell = resolve));
  return {
    first,
    close: () => tell(undefined),
    endpoints: endpoints.map((endpoint): ControlEndpoint => ({
      region: endpoint.region,
      submit: (accessPoint, routes, signal) => endpoint.submit(accessPoint, routes, signal),
      async read(accessPoint, signal) {
        const answer = await endpoint.read(accessPoint, signal);
        if (answer.ok) tell(answer.value);
        return answer;
      },
    })),
  };
}

async function probe({ clock, wall, buckets }: StatusWorld, region: string, limits: Limits, times: StatusTimes): Promise<{ health: Health; aheadMs?: number }> {
  const began = clock.now();
  const call = { what: 's3 HeadBucket', mostMs: Math.min(times.callMs, timeLeft(clock, limits)), signal: limits.signal };
  try {
    const { serverTime } = await callRegion(clock, region, call, (signal) => buckets(region).probe(signal));
    const latencyMs = clock.now() - began;
    // The service's time is of the middle of the call, near enough.
    return { health: { kind: 'healthy', latencyMs }, aheadMs: serverTime === undefined ? undefined : serverTime - (wall.now() - latencyMs / 2) };
  } catch (error) {
    return { health: unhealthy(error, clock.now() - began) };
  }
}

function unhealthy(error: unknown, latencyMs: number): Health {
  // Without credentials nothing was asked of the Region, which must not pass for sick: the caller hears of it.
  if (!(error instanceof CallError)) throw error;
  const told = { latencyMs, code: error.code, reason: error.message };
  if (error.status === undefined) return { kind: 'no answer', ...told };
  return { kind: error.unreachable ? 'failing' : 'refused', ...told };
}

type FenceAnswer = { readonly fences: readonly FenceTerms[] } | { readonly reason: string };

async function fencesIn(world: StatusWorld, region: string, limits: Limits, times: StatusTimes): Promise<FenceAnswer> {
  try {
    const view = await readFences(world, world.buckets(region), { mostMs: Math.min(times.callMs, timeLeft(world.clock, limits)), signal: limits.signal });
    return view.ok ? view : { reason: view.problem };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** `now` is by the clock of AWS, which decides when a fence lapses. */
function fenceStatus(answer: FenceAnswer, now: number): FenceStatus {
  if ('reason' in answer) return { kind: 'unknown', reason: answer.reason };
  const lasting = answer.fences.find(({ until }) => until === undefined || until > now);
  const fence = lasting ?? answer.fences[0];
  return fence ? { kind: lasting ? 'up' : 'lapsed', actId: fence.actId, until: fence.until } : { kind: 'none' };
}

async function controllerOf(world: StatusWorld, survey: Survey, watch: ControllerWatch | undefined, limits: Limits, { reportsMs }: StatusTimes): Promise<ControllerStatus> {
  const { clock, register, controller } = world;
  const signal = limits.signal ?? new AbortController().signal;
  try {
    const view = await register.read(signal);
    if (!view) return { kind: 'none' };
    if (!controller) return { kind: 'there', view };
    const sight = await (watch ?? new ControllerWatch({ ...world, controller })).look(survey, watch ? 0 : Math.min(reportsMs, timeLeft(clock, limits)), signal);
    return { kind: 'there', view, sight };
  } catch (error) {
    return { kind: 'unreadable', reason: `${reasonOf(error)}${timeLeft(clock, limits) === 0 ? ', and no time was left' : ''}` };
  }
}

/** From Regions that take traffic to all others, and back; where nobody tells which those are, from where traffic is meant to be. */
async function lagBetween(world: StatusWorld, routes: Routes | undefined, limits: Limits, times: StatusTimes): Promise<LagReport[]> {
  const { estate, clock, metrics } = world;
  const active = routes ? activeRegions(routes) : estate.manifest.routing.regions.slice(0, 1);
  const place = (region: string) => ({ region, bucket: estate.buckets[region] });
  const directions = estate.regions.flatMap((from): Direction[] =>
    estate.regions.filter((to) => to !== from && (active.includes(from) || active.includes(to))).map((to) => ({ source: place(from), destination: place(to) })),
  );
  // What leaves an active Region is what a failover would lose, and comes first.
  const ordered = [...directions].sort((a, b) => Number(active.includes(b.source.region)) - Number(active.includes(a.source.region)));
  const deadline = clock.now() + timeLeft(clock, limits);
  return Promise.all(ordered.map(async (direction) => lagReport(await observeLag(world, metrics, { direction, deadline }, times.lag), times.lag)));
}

function routeOf(region: string, { views }: Survey): RouteState {
  const states = new Set(views.filter(({ routes }) => memberRegions(routes).includes(region)).map(({ routes }) => (activeRegions(routes).includes(region) ? 'active' : 'passive')));
  if (states.size === 0) return 'unknown';
  return states.size === 1 ? [...states][0] : 'disputed';
}

/** When an act gave a Region the state that it has, if the last act that is known explains what is live now. */
function sinceWhen(region: string, active: readonly string[], records: readonly ActRecord[]): string | undefined {
  const moves = records.filter(({ phase, outcome }) => phase === 'ended' && (outcome === 'served' || outcome === 'done'));
  if (moves.length === 0 || [...moves[0].to].sort().join() !== [...active].sort().join()) return undefined;
  const change = moves.find(({ from, to }) => from.includes(region) !== to.includes(region));
  return change && (change.endedAt ?? change.at);
}

function historyStatus(wall: WallClock, view: HistoryView): Status['history'] {
  return {
    atWork: atWork(view.records, wall),
    last: view.records[0],
    silent: view.regions.flatMap((answer) => (answer.ok ? [] : [{ region: answer.region, reason: answer.reason }])),
    unread: view.unread,
  };
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
