import type { ReadRow, Survey } from '../../core/routes/read';
import { activeRegions, memberRegions, sameRoutes, type Routes } from '../../core/routes/routes';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';
import { latency } from '../terminal/units';

/** Members of documents that tell routes. */
export function routesDocument(routes: Routes): object[] {
  return routes.map(({ region, dial, bucket }) => ({ region, bucket: bucket ?? null, dial, active: dial > 0 }));
}

export function endpointsDocument(survey: Survey): object[] {
  return survey.rows.map((row) =>
    row.ok
      ? { region: row.endpoint, latencyMs: Math.round(row.latencyMs), answered: true, active: activeRegions(row.routes), failure: null }
      : { region: row.endpoint, latencyMs: Math.round(row.latencyMs), answered: false, active: null, failure: { kind: row.failure.kind, detail: row.failure.detail } },
  );
}

/** One Region's place in the routes: where views differ, in all of them. */
export function routeCell(region: string, views: readonly Routes[], paint: Paint): Cell {
  const states = [...new Set(views.filter((view) => memberRegions(view).includes(region)).map((view) => (activeRegions(view).includes(region) ? 'active' : 'passive')))];
  if (states.length === 0) return { text: '?', paint: paint.warn };
  if (states.length > 1) return { text: 'disputed', paint: paint.bad };
  return { text: states[0], paint: states[0] === 'active' ? paint.good : paint.faint };
}

/** Who answered, how fast and what; the first view is the one that others are measured by. */
export function endpointsTable(survey: Survey, paint: Paint): string {
  const first = survey.views[0]?.routes;
  return table(
    ['ENDPOINT', 'ANSWER', 'LATENCY', 'SAYS ACTIVE'],
    survey.rows.map((row) => endpointRow(row, first, paint)),
    paint.faint,
  );
}

function endpointRow(row: ReadRow, first: Routes | undefined, paint: Paint): Cell[] {
  if (!row.ok) return [row.endpoint, { text: row.failure.kind, paint: paint.bad }, latency(row.latencyMs), { text: '-', paint: paint.faint }];
  const agrees = first !== undefined && sameRoutes(row.routes, first);
  return [row.endpoint, { text: 'ok', paint: paint.good }, latency(row.latencyMs), { text: activeRegions(row.routes).join(', ') || 'none', paint: agrees ? (text) => text : paint.bad }];
}

/** Whether who answered agrees, in one line. */
export function agreement({ good, failed, views }: Pick<Survey, 'good' | 'failed' | 'views'>): string {
  const all = good.length + failed.length;
  if (good.length === 0) return `none of ${all} control endpoints answered`;
  if (views.length > 1) return `the control endpoints disagree: ${views.length} different answers from ${good.length} of ${all}`;
  return `${good.length} of ${all} control endpoints answered, and agree`;
}
