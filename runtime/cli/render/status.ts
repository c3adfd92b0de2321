import type { LagReport } from '../../core/lag/report';
import { duration, inThousands, size } from '../../core/lag/words';
import { lineOf } from '../../core/operate/history/line';
import type { WallClock } from '../../core/operate/ports';
import { nameOf } from '../../core/operate/status/controller';
import type { ControllerStatus, Health, RegionStatus, Status } from '../../core/operate/status/model';
import type { Remark } from '../../core/operate/status/remarks';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';
import { latency } from '../terminal/units';
import { wrap } from '../../core/text/wrap';
import { endpointsDocument, endpointsTable, routesDocument } from './routes';

const NOTHING = '-';

/** Regions, directions and endpoints as tables, and what they mean in lines, which are only broken where a width is given. */
export function statusText(status: Status, remarks: readonly Remark[], wall: WallClock, paint: Paint, columns?: number): string {
  return [
    table(['REGION', 'ROUTE', 'HEALTH', 'LATENCY', 'FENCE', 'STATE', 'SINCE'], status.regions.map((region) => regionRow(region, wall, paint)), paint.faint),
    status.directions.length > 0 ? table(['FROM', 'TO', 'BEHIND', 'PENDING', 'FAILED', 'AS OF'], status.directions.map((report) => directionRow(report, paint)), paint.faint) : '',
    endpointsTable(status.survey, paint),
    observersTable(status, paint),
    remarks.map((remark) => remarkText(remark, paint, columns)).join(''),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

export function remarkText({ kind, sentence, next }: Remark, paint: Paint, columns = Infinity): string {
  const lines = wrap(`${sentence}${next ? `; ${next}` : ''}`, columns - 2);
  const mark = kind === 'bad' ? paint.bad('!') : kind === 'doubt' ? paint.warn('?') : ' ';
  return lines.map((line, index) => `${index === 0 ? mark : ' '} ${kind === 'fact' ? paint.faint(line) : line}\n`).join('');
}

function regionRow(status: RegionStatus, wall: WallClock, paint: Paint): Cell[] {
  return [status.region, routeCell(status, paint), healthCell(status.health, paint), latencyCell(status.health, paint), fenceCell(status, wall, paint), stateCell(status, paint), sinceCell(status, paint)];
}

function routeCell({ route }: RegionStatus, paint: Paint): Cell {
  const color = route === 'active' ? paint.good : route === 'disputed' || route === 'unknown' ? paint.bad : paint.faint;
  return { text: route, paint: color };
}

function healthCell(health: Health, paint: Paint): Cell {
  if (health.kind === 'healthy') return { text: 'healthy', paint: paint.good };
  if (health.kind === 'no answer') return { text: 'no answer', paint: paint.bad };
  return { text: `${health.kind}: ${health.code}`, paint: health.kind === 'failing' ? paint.bad : paint.warn };
}

function latencyCell({ latencyMs }: Health, paint: Paint): Cell {
  return { text: latency(latencyMs), paint: paint.faint };
}

function fenceCell({ fence }: RegionStatus, wall: WallClock, paint: Paint): Cell {
  switch (fence.kind) {
    case 'none':
      return { text: NOTHING, paint: paint.faint };
    case 'up':
      return { text: fence.until === undefined ? 'up' : `until ${timeOfDay(wall, fence.until)}`, paint: paint.bad };
    case 'lapsed':
      return { text: 'lapsed', paint: paint.warn };
    case 'unknown':
      return { text: '?', paint: paint.warn };
  }
}

function stateCell({ quarantinedSince, excludedBecause }: RegionStatus, paint: Paint): Cell {
  const states = [...(quarantinedSince ? ['quarantined'] : []), ...(excludedBecause !== undefined ? ['excluded'] : [])];
  return states.length > 0 ? { text: states.join(', '), paint: paint.bad } : { text: NOTHING, paint: paint.faint };
}

function sinceCell({ since }: RegionStatus, paint: Paint): Cell {
  return { text: since ? since.replace(/:\d\d(\.\d+)?Z$/, 'Z') : NOTHING, paint: paint.faint };
}

function directionRow(report: LagReport, paint: Paint): Cell[] {
  const places = [report.direction.source.region, report.direction.destination.region];
  const failed = failedCell(report.failedOperations, paint);
  if (report.kind === 'unknown') return [...places, { text: 'unknown', paint: paint.warn }, NOTHING, failed, { text: report.because, paint: paint.faint }];
  const { pendingOperations, pendingBytes, latencySeconds } = report;
  const pending = pendingOperations === undefined ? NOTHING : `${inThousands(pendingOperations)}${pendingBytes ? ` (${size(pendingBytes)})` : ''}`;
  // Nothing pending is nothing behind, whatever the last latency was.
  const behind = pendingOperations === 0 ? '0 s' : latencySeconds === undefined ? 'unknown' : duration(latencySeconds * 1_000);
  return [
    ...places,
    { text: behind, paint: behind === '0 s' ? paint.good : paint.warn },
    pending,
    failed,
    { text: `${duration(report.ageMs)} ago${report.fresh ? '' : ', old'}`, paint: report.fresh ? paint.faint : paint.warn },
  ];
}

function failedCell(failed: number | undefined, paint: Paint): Cell {
  if (failed === undefined) return { text: '?', paint: paint.warn };
  return { text: inThousands(failed), paint: failed > 0 ? paint.bad : paint.faint };
}

/** Who watches for the controller, and what each says; nothing without a controller. */
function observersTable({ controller }: Status, paint: Paint): string {
  if (controller.kind !== 'there' || !controller.sight) return '';
  const rows = controller.sight.observers.map((one): Cell[] => [
    nameOf(one),
    { text: one.reports === 'none' ? 'none' : one.ageMs === undefined ? 'not seen to move yet' : `${one.reports === 'still' ? 'none for' : ''} ${duration(one.ageMs)}${one.reports === 'still' ? '' : ' ago'}`.trim(), paint: one.reports === 'moving' ? paint.good : paint.warn },
    { text: one.policy ?? NOTHING, paint: one.policy === 'another' ? paint.warn : paint.faint },
    { text: one.code ?? NOTHING, paint: paint.faint },
    one.says.length > 0 ? { text: lineOf(one.says.join('; ')), paint: paint.bad } : { text: one.reports === 'none' ? NOTHING : 'all well', paint: paint.faint },
  ]);
  return table(['OBSERVER', 'REPORTED', 'POLICY', 'CODE', 'SAYS'], rows, paint.faint);
}

/** What `--json` says of the controller. */
function controllerDocument(controller: ControllerStatus): object {
  if (controller.kind !== 'there') return controller;
  const { view, sight } = controller;
  if (!sight) return { kind: 'there', ...view };
  const { register, decision } = sight;
  return {
    kind: 'there',
    ...view,
    coolDownLeftSeconds: register ? Math.ceil(register.coolDownMs / 1_000) : null,
    lastAct: register ? { id: register.act.id, kind: register.act.kind, by: register.act.by, why: register.act.why, from: register.act.from, to: register.intent, state: register.act.state, outcome: register.act.outcome ?? null } : null,
    observers: sight.observers.map(({ role, region, reports, ageMs, policy, code, says }) => ({ role, region, reports, ageSeconds: ageMs === undefined ? null : Math.round(ageMs / 1_000), policy: policy ?? null, code: code ?? null, says })),
    mixedPolicies: sight.policies.length > 1,
    decision: { action: decision.action, reason: decision.reason, sentence: decision.sentence, assumedFresh: sight.assumed },
  };
}

function timeOfDay(wall: WallClock, at: number): string {
  return wall.iso(at).replace(/^.*T/, '').replace(/\.\d+Z$/, 'Z');
}

/** What `--json` prints. */
export function statusDocument(status: Status, remarks: readonly Remark[], wall: WallClock) {
  const { survey } = status;
  return {
    at: wall.iso(status.at),
    agree: survey.views.length === 1,
    active: status.active ?? null,
    regions: status.regions.map((one) => ({
      region: one.region,
      bucket: one.bucket,
      route: one.route,
      since: one.since ?? null,
      health: { kind: one.health.kind, latencyMs: Math.round(one.health.latencyMs), ...('code' in one.health ? { code: one.health.code, reason: one.health.reason } : {}) },
      fence: { ...one.fence, ...('until' in one.fence ? { until: one.fence.until === undefined ? null : wall.iso(one.fence.until) } : {}) },
      quarantinedSince: one.quarantinedSince ?? null,
      excludedBecause: one.excludedBecause ?? null,
    })),
    directions: status.directions.map((report) => directionDocument(report, wall)),
    endpoints: endpointsDocument(survey),
    views: survey.views.map((view) => ({ endpoints: view.endpoints, routes: routesDocument(view.routes) })),
    clockAheadSeconds: status.clockAheadMs === undefined ? null : Math.round(status.clockAheadMs / 1_000),
    controller: controllerDocument(status.controller),
    atWork: status.history.atWork.map(({ record, ageMs }) => ({ id: record.id, verb: record.verb, who: record.who, to: record.to, at: record.at, ageSeconds: Math.round(ageMs / 1_000) })),
    remarks: remarks.map(({ kind, sentence, next }) => ({ kind, sentence, next: next ?? null })),
  };
}

function directionDocument(report: LagReport, wall: WallClock): object {
  const known = report.kind === 'known' ? report : undefined;
  return {
    from: report.direction.source.region,
    to: report.direction.destination.region,
    known: known !== undefined,
    latencySeconds: known?.latencySeconds ?? null,
    pendingOperations: known?.pendingOperations ?? null,
    pendingBytes: known?.pendingBytes ?? null,
    failedOperations: report.failedOperations ?? null,
    asOf: known ? wall.iso(known.asOf) : null,
    fresh: known?.fresh ?? false,
    sentence: report.sentence,
  };
}
