import { within } from '../../calls/side-by-side';
import { backoffMs } from '../../routes/backoff';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { surveyRoutes, type Survey } from '../../routes/read';
import type { HistoryView } from '../history/read';
import { historyOf } from '../history/store';
import type { RegisterView } from '../register';
import { healthOf, type Health } from './health';
import { estimateLag, type LagEstimate } from './lag';
import type { OperateWorld } from './world';

/** Everything that an act is planned from. */
export interface Sight {
  readonly survey: Survey;
  readonly history: HistoryView;
  readonly register: RegisterSight;
  /** Of each Region that traffic goes to or leaves. */
  readonly health: ReadonlyMap<string, Health>;
  /** How far targets are behind the Regions that are left. */
  readonly lag: readonly LagEstimate[];
}

export type RegisterSight = { readonly ok: true; readonly view?: RegisterView } | { readonly ok: false; readonly reason: string };

export interface Roles {
  readonly targets: readonly string[];
  readonly leaves: readonly string[];
}

export interface ObserveTimes {
  /** For so long are endpoints asked again while none tells the routes. */
  readonly routesMs: number;
  /** From the beginning on, how long a Region that is left is waited for: whether it lives matters to the plan, not to the act. */
  readonly glanceMs: number;
  /** How long an estimate of the lag is waited for. */
  readonly lagMs: number;
  readonly registerMs: number;
  /** The history: for slower Regions, and in all. */
  readonly settleMs: number;
  readonly historyMs: number;
}

export const OBSERVE_TIMES: ObserveTimes = { routesMs: 20_000, glanceMs: 1_000, lagMs: 2_000, registerMs: 3_000, settleMs: 500, historyMs: 3_000 };

const PAUSE = { firstMs: 500, mostMs: 4_000 };
/** Acts of others that are looked through. */
const ACTS = 20;

export interface ObserveRequest {
  readonly rolesOf: (survey: Survey) => Roles;
  /** Where the target is known before the routes are, so that the lag is asked for at once. */
  readonly target?: string;
  readonly limits: Limits;
}

/** Asks for everything at once. Of what belongs to a Region that is left, nothing is waited for longer than a glance. */
export async function observe(world: OperateWorld, request: ObserveRequest, times: ObserveTimes = OBSERVE_TIMES): Promise<Sight> {
  const { clock, estate } = world;
  const began = clock.now();
  const probes = new Map(estate.members.map((region) => [region, healthOf(clock, region, world.buckets(region))]));
  const lags = new LagBook(world, times.lagMs);
  if (request.target !== undefined) for (const from of estate.members) if (from !== request.target) lags.ask(from, request.target);

  const [survey, history, register] = await Promise.all([
    routesPatiently(world, request.limits, times),
    historyOf(world).read({ acts: ACTS, settleMs: times.settleMs, mostMs: times.historyMs }),
    registerSight(world, times),
  ]);
  const { targets, leaves } = request.rolesOf(survey);
  const left = Math.max(0, began + times.glanceMs - clock.now());
  const glances = leaves.map(async (region) => [region, await atMost(world, left, probes.get(region), UNANSWERED)] as const);
  const looks = targets.map(async (region) => [region, await (probes.get(region) ?? NO_MEMBER)] as const);
  const pairs = leaves.flatMap((from) => targets.map((to) => lags.ask(from, to)));
  return { survey, history, register, health: new Map(await Promise.all([...glances, ...looks])), lag: await Promise.all(pairs) };
}

const UNANSWERED: Health = { state: 'unsure', reason: 'it has not answered so far' };
const NO_MEMBER: Health = { state: 'ill', reason: 'it is no Region of the access point' };

/** Asked again as long as no endpoint answers well: without routes there is nothing to compare with. */
async function routesPatiently(world: OperateWorld, limits: Limits, { routesMs }: ObserveTimes): Promise<Survey> {
  const until = { ...limits, deadline: Math.min(limits.deadline, world.clock.now() + routesMs) };
  for (let turn = 0; ; turn++) {
    const survey = await surveyRoutes(world, world.estate.accessPoint, until);
    const silent = survey.good.length === 0 && survey.failed.some(({ failure }) => mayPass(failure.kind));
    if (!silent || timeLeft(world.clock, until) === 0) return survey;
    await world.clock.sleep(Math.min(backoffMs(PAUSE, turn, world.random), timeLeft(world.clock, until)), limits.signal);
  }
}

function mayPass(kind: string): boolean {
  return !['bad request', 'no such access point', 'single Region', 'forbidden', 'wrong Region'].includes(kind);
}

async function registerSight({ clock, register }: OperateWorld, { registerMs }: ObserveTimes): Promise<RegisterSight> {
  try {
    return { ok: true, view: await within('the register', clock, registerMs, (signal) => register.read(signal)) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** What comes in time, or what stands for it. */
async function atMost<T>({ clock }: OperateWorld, milliseconds: number, coming: Promise<T> | undefined, otherwise: T): Promise<T> {
  if (!coming) return otherwise;
  const stopTimer = new AbortController();
  try {
    return await Promise.race([coming, clock.sleep(milliseconds, stopTimer.signal).then(() => otherwise)]);
  } finally {
    stopTimer.abort();
  }
}

/** Each direction is asked for once; what is asked late gets the time all the same. */
class LagBook {
  private readonly asked = new Map<string, Promise<LagEstimate>>();

  constructor(
    private readonly world: OperateWorld,
    private readonly lagMs: number,
  ) {}

  ask(from: string, to: string): Promise<LagEstimate> {
    const key = `${from}>${to}`;
    const known = this.asked.get(key) ?? estimateLag(this.world, from, to, this.world.clock.now() + this.lagMs);
    this.asked.set(key, known);
    return known;
  }
}
