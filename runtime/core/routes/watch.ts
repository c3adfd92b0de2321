import type { AccessPoint } from './access-point';
import { timeLeft, type Limits } from './endpoint';
import { READ_TIMES, surveyRoutes, type ReadTimes, type Survey } from './read';
import { describeRoutes, sameRoutes, type Routes } from './routes';
import type { RouteWorld } from './world';

/** Between two looks: often enough for a person who waits, far from any throttling. */
const EVERY_MS = 5_000;
const MOST_LOOKS = 200;

export interface Watched {
  /** Routes as they should stay. */
  readonly expected: Routes;
  /** Other routes that endpoints had before: the past, and nobody's change. */
  readonly old?: readonly Routes[];
  /** Endpoints that tell nothing, since they showed what is awaited before it was sent. */
  readonly told?: readonly string[];
  /** Routes of submits without a last word, which may still land. */
  readonly awaited: readonly Routes[];
}

export type WatchResult =
  | { readonly kind: 'quiet'; readonly looks: number; readonly sentence: string }
  /** A submit in doubt has landed after all. */
  | { readonly kind: 'landed late'; readonly routes: Routes; readonly survey: Survey; readonly sentence: string }
  /** Somebody else made a change. */
  | { readonly kind: 'moved'; readonly routes: Routes; readonly survey: Survey; readonly sentence: string }
  | { readonly kind: 'blind'; readonly survey?: Survey; readonly sentence: string };

/** Looks at live routes until they change or time is up. Changes nothing. */
export async function watchRoutes(
  world: RouteWorld,
  accessPoint: AccessPoint,
  watched: Watched,
  limits: Limits,
  times: ReadTimes = READ_TIMES,
): Promise<WatchResult> {
  const endpoints = world.endpoints.filter(({ region }) => !watched.told?.includes(region));
  const past = [watched.expected, ...(watched.old ?? [])];
  let looks = 0;
  let seen = 0;
  let last: Survey | undefined;
  while (looks < MOST_LOOKS && timeLeft(world.clock, limits) > 0) {
    const survey = await surveyRoutes({ ...world, endpoints }, accessPoint, limits, times);
    looks++;
    last = survey;
    if (survey.good.length > 0) seen++;
    const other = survey.good.find((row) => !past.some((routes) => sameRoutes(row.routes, routes)));
    if (other) {
      const late = watched.awaited.some((routes) => sameRoutes(routes, other.routes));
      return late
        ? {
            kind: 'landed late',
            routes: other.routes,
            survey,
            sentence: `a submit without a last word has landed: ${describeRoutes(other.routes)}, as read at ${other.endpoint}`,
          }
        : {
            kind: 'moved',
            routes: other.routes,
            survey,
            sentence: `somebody else changed the routes: ${describeRoutes(other.routes)}, as read at ${other.endpoint}`,
          };
    }
    await world.clock.sleep(Math.min(EVERY_MS, timeLeft(world.clock, limits)), limits.signal);
  }
  if (seen === 0)
    return {
      kind: 'blind',
      survey: last,
      sentence: `no endpoint told the routes while they were watched${last ? `: ${last.sentence}` : ''}`,
    };
  return { kind: 'quiet', looks, sentence: `the routes stayed ${describeRoutes(watched.expected)} in ${seen} of ${looks} looks` };
}
