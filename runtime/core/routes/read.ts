import type { Clock } from '../ports';
import type { AccessPoint } from './access-point';
import { callOnce, timeLeft, type ControlEndpoint, type Limits } from './endpoint';
import { discards, explain, listFailures, stops, type EndpointFailure } from './failure';
import { describeRoutes, routesKey, type Routes } from './routes';
import type { RouteWorld } from './world';

/** How one endpoint answered a read, and how fast: its liveness. */
export type ReadRow =
  | { readonly endpoint: string; readonly latencyMs: number; readonly ok: true; readonly routes: Routes }
  | { readonly endpoint: string; readonly latencyMs: number; readonly ok: false; readonly failure: EndpointFailure };

export type GoodRow = Extract<ReadRow, { ok: true }>;
export type FailedRow = Extract<ReadRow, { ok: false }>;

export interface ReadTimes {
  /** The next endpoint is asked when this long has passed without an answer: above a usual round trip between continents. */
  readonly hedgeMs: number;
  /** One endpoint's time to answer. */
  readonly attemptMs: number;
  /** In a survey, how long the slower ones are still waited for once one has answered well. */
  readonly settleMs: number;
}

export const READ_TIMES: ReadTimes = { hedgeMs: 400, attemptMs: 3_000, settleMs: 1_000 };

type ReadWorld = Pick<RouteWorld, 'clock' | 'endpoints'>;

export type ReadResult =
  | {
      readonly kind: 'read';
      readonly routes: Routes;
      readonly endpoint: string;
      readonly rows: readonly ReadRow[];
      readonly sentence: string;
    }
  | { readonly kind: 'failed'; readonly because: ReadFailure; readonly rows: readonly FailedRow[]; readonly sentence: string };

/** `named`: an answer that says what is wrong; `refused`: every endpoint turns this caller away; `silent`: none answers well now. */
export type ReadFailure =
  { readonly kind: 'named'; readonly failure: EndpointFailure } | { readonly kind: 'refused' } | { readonly kind: 'silent' };

/**
 * The routes as the first endpoint to answer well has them.
 *
 * The next endpoint is asked after a short delay, or at once when one fails, while the earlier ones may still answer: a
 * dead endpoint costs nothing. One answer cannot show disagreement; for that, take a survey.
 */
export async function readRoutes(
  { clock, endpoints }: ReadWorld,
  accessPoint: AccessPoint,
  limits: Limits,
  times: ReadTimes = READ_TIMES,
): Promise<ReadResult> {
  const abandon = abortedBy(limits.signal);
  const waiting = [...endpoints];
  const running = new Map<string, Promise<ReadRow>>();
  const failed: FailedRow[] = [];

  try {
    // Each turn starts an endpoint or takes one's answer, so that there are at most two turns per endpoint.
    while (waiting.length > 0 || running.size > 0) {
      const next = waiting.shift();
      if (next) running.set(next.region, readOnce(clock, next, accessPoint, limits, times.attemptMs, abandon.signal));

      const row = await firstRow(clock, running, waiting.length > 0 ? times.hedgeMs : undefined);
      if (row === undefined) continue;
      if (row.ok)
        return {
          kind: 'read',
          routes: row.routes,
          endpoint: row.endpoint,
          rows: [...failed, row],
          sentence: `${row.endpoint} says: ${describeRoutes(row.routes)}`,
        };
      running.delete(row.endpoint);
      failed.push(row);
    }
    return readFailed(failed, accessPoint);
  } finally {
    abandon.abort();
  }
}

/** The next row, or nothing when the delay passed first. */
async function firstRow(
  clock: Clock,
  running: ReadonlyMap<string, Promise<ReadRow>>,
  delayMs: number | undefined,
): Promise<ReadRow | undefined> {
  if (delayMs === undefined) return Promise.race(running.values());
  const stopTimer = new AbortController();
  try {
    return await Promise.race([...running.values(), clock.sleep(delayMs, stopTimer.signal).then(() => undefined)]);
  } finally {
    stopTimer.abort();
  }
}

/** What every endpoint says at one time. */
export interface Survey {
  readonly rows: readonly ReadRow[];
  /** Good answers, the liveliest endpoint first. */
  readonly good: readonly GoodRow[];
  readonly failed: readonly FailedRow[];
  /** Good answers by what they say; more than one means that the endpoints disagree. */
  readonly views: readonly RoutesView[];
  readonly sentence: string;
}

export interface RoutesView {
  readonly routes: Routes;
  readonly endpoints: readonly string[];
}

export interface SurveyOptions {
  /** An answer that makes waiting for the others pointless. */
  readonly enough?: (row: GoodRow) => boolean;
  /** An answer good enough to wait only `settleMs` for the slower ones; any good one, if left out. */
  readonly settles?: (row: GoodRow) => boolean;
  /** Endpoints that answered a moment ago: once they all have answered again, and one of them well, no other is waited for. */
  readonly expects?: readonly string[];
}

/** Asks every endpoint at once, and waits for all of them as long as none has answered well. */
export async function surveyRoutes(
  { clock, endpoints }: ReadWorld,
  accessPoint: AccessPoint,
  limits: Limits,
  times: ReadTimes = READ_TIMES,
  { enough = () => false, settles = () => true, expects = [] }: SurveyOptions = {},
): Promise<Survey> {
  const abandon = abortedBy(limits.signal);
  const stopTimer = new AbortController();
  const rows: ReadRow[] = [];
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => (settle = resolve));
  let settling = false;

  const allExpected = () => expects.length > 0 && rows.some((row) => row.ok) && expects.every((endpoint) => rows.some((row) => row.endpoint === endpoint));
  const take = (row: ReadRow) => {
    rows.push(row);
    if (allExpected()) settle();
    if (!row.ok) return;
    if (enough(row)) settle();
    if (settling || !settles(row)) return;
    settling = true;
    void clock.sleep(times.settleMs, stopTimer.signal).then(settle);
  };
  const asked = endpoints.map(async (endpoint) =>
    take(await readOnce(clock, endpoint, accessPoint, limits, times.attemptMs, abandon.signal)),
  );
  try {
    await Promise.race([Promise.all(asked), settled]);
    const answered = [...rows];
    abandon.abort();
    await Promise.all(asked);
    return summarize(endpoints, [...answered, ...rows.slice(answered.length)]);
  } finally {
    abandon.abort();
    stopTimer.abort();
  }
}

async function readOnce(
  clock: Clock,
  endpoint: ControlEndpoint,
  accessPoint: AccessPoint,
  limits: Limits,
  attemptMs: number,
  signal: AbortSignal,
): Promise<ReadRow> {
  const began = clock.now();
  const answer = await callOnce(
    clock,
    endpoint.region,
    Math.min(attemptMs, timeLeft(clock, limits)),
    (abort) => endpoint.read(accessPoint, abort),
    signal,
  );
  const latencyMs = clock.now() - began;
  return answer.ok
    ? { endpoint: endpoint.region, latencyMs, ok: true, routes: answer.value }
    : { endpoint: endpoint.region, latencyMs, ok: false, failure: answer.failure };
}

function summarize(endpoints: readonly ControlEndpoint[], rows: readonly ReadRow[]): Survey {
  const order = endpoints.map((endpoint) => endpoint.region);
  const good = rows.filter((row): row is GoodRow => row.ok).sort((a, b) => a.latencyMs - b.latencyMs);
  const failed = rows.filter((row): row is FailedRow => !row.ok);
  const views = viewsOf(good);
  return {
    rows: [...rows].sort((a, b) => order.indexOf(a.endpoint) - order.indexOf(b.endpoint)),
    good,
    failed,
    views,
    sentence: describeSurvey(views, failed),
  };
}

export function viewsOf(good: readonly GoodRow[]): RoutesView[] {
  const views = new Map<string, { routes: Routes; endpoints: string[] }>();
  for (const row of good) {
    const view = views.get(routesKey(row.routes));
    if (view) view.endpoints.push(row.endpoint);
    else views.set(routesKey(row.routes), { routes: row.routes, endpoints: [row.endpoint] });
  }
  return [...views.values()];
}

export function describeSurvey(views: readonly RoutesView[], failed: readonly FailedRow[]): string {
  const says = views.map((view) => `${view.endpoints.join(', ')}: ${describeRoutes(view.routes)}`);
  const silent = failed.length > 0 ? [`no good answer: ${listFailures(failed.map((row) => row.failure))}`] : [];
  return [...says, ...silent].join('; ');
}

/** Why no endpoint gave routes. An answer that says what is wrong counts more than any silence. */
export function readFailed(failed: readonly FailedRow[], accessPoint: AccessPoint): Extract<ReadResult, { kind: 'failed' }> {
  const failures = failed.map((row) => row.failure);
  const named = failures.find((failure) => stops(failure.kind));
  if (named) return { kind: 'failed', because: { kind: 'named', failure: named }, rows: failed, sentence: explain(named, accessPoint.arn) };
  if (failures.length > 0 && failures.every((failure) => discards(failure.kind))) {
    return {
      kind: 'failed',
      because: { kind: 'refused' },
      rows: failed,
      sentence: `every control endpoint refused to tell the routes of '${accessPoint.arn}': ${listFailures(failures)}`,
    };
  }
  return {
    kind: 'failed',
    because: { kind: 'silent' },
    rows: failed,
    sentence: `no control endpoint told the routes of '${accessPoint.arn}': ${listFailures(failures)}`,
  };
}

/** A controller that is aborted with the caller's signal; the listener goes when it is aborted itself. */
function abortedBy(outer: AbortSignal | undefined): AbortController {
  const controller = new AbortController();
  if (outer?.aborted) controller.abort();
  outer?.addEventListener('abort', () => controller.abort(), { once: true, signal: controller.signal });
  return controller;
}
