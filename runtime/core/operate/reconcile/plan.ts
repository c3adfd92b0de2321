import { CallError } from '../../calls/call-error';
import { within } from '../../calls/side-by-side';
import { Explained } from '../../calls/explained';
import { activeRegions, list } from '../../routes/routes';
import { readRoutes } from '../../routes/read';
import type { OperateWorld } from '../act/world';
import type { History } from '../history/store';
import { quarantined } from '../history/quarantine';
import { leaves, type ActRecord } from '../history/record';
import { newActId } from '../history/store';
import { readHint } from './hint';
import type { Job, PairPlan } from './job';
import { readBothWatermarks } from './watermark';

export interface ReconcileRequest {
  /** Two Regions. @default - each quarantined one against each active one, or without quarantine each Region against the active ones */
  readonly between?: readonly [string, string];
  /** One Region, with each active one. */
  readonly region?: string;
  /** Every two data Regions. */
  readonly all?: boolean;
  /** Only versions written since; nobody has verified that the others are everywhere. */
  readonly since?: number;
  /** Does not use watermarks. */
  readonly full?: boolean;
  /** Only keys under it. */
  readonly prefix?: string;
  /** Since when writes may have been cut off. @default - an hour before the last failover that left one of the two */
  readonly cutOff?: number;
}

export interface Planning {
  readonly world: OperateWorld;
  readonly history: History;
  readonly signal: AbortSignal;
  readonly request: ReconcileRequest;
}

export interface Planned {
  readonly job: Job;
  /** Worth a line before it begins. */
  readonly remarks: readonly string[];
  /** Regions that did not answer when they were asked for the time, and why: nothing can be compared without them. */
  readonly silent: readonly { readonly region: string; readonly why: string }[];
}

/** A Region fails before somebody fails over: writes of so long before may not have been replicated. */
const CUT_OFF_MS = 3_600_000;
const CALL_MS = 5_000;
const READ_MS = 20_000;
const PROBES = 2;

/** Decides what is compared. Changes nothing. */
export async function planReconcile({ world, history, signal, request }: Planning): Promise<Planned> {
  const remarks: string[] = [];
  const chosen = request.between ?? (request.all ? world.estate.regions : undefined);
  const foreign = [...(chosen ?? []), ...(request.region === undefined ? [] : [request.region])].find((region) => !world.estate.regions.includes(region));
  if (foreign !== undefined) throw new Explained(`'${foreign}' is no Region of the manifest; its Regions are ${list(world.estate.regions)}`);
  if (request.between && request.between[0] === request.between[1]) throw new Explained(`two different Regions are compared, got '${request.between[0]}' twice`);

  const [view, active] = await Promise.all([history.read(), readActive(world, signal)]);
  for (const answer of view.regions) if (!answer.ok) remarks.push(`the history in ${answer.region} could not be read (${answer.reason})`);
  const [unread] = view.unread;
  if (unread) remarks.push(`${view.unread.length === 1 ? 'a record of an act' : `${view.unread.length} records of acts`} could not be read, of which one may begin a quarantine (${unread.reason})`);
  if (active.kind === 'unknown' && !chosen) throw new Explained(`${active.why}; name the two Regions with '--between'`);
  const activeNow = active.kind === 'known' ? active.regions : [];
  const held = quarantined(view.records);
  const pairs = pairsOf(request, world.estate.regions, activeNow, held.map(({ region }) => region));
  if (pairs.length === 0) throw new Explained(`there is no second Region to compare: ${list(activeNow)} is active; name two with '--between'`);
  if (!chosen && request.region === undefined && held.length === 0) remarks.push('no Region is quarantined: every Region is compared with the active one');

  const regions = [...new Set(pairs.flat())];
  const clocks = new Map(await Promise.all(regions.map(async (region) => [region, await serverTime(world, region, signal)] as const)));
  const silent = [...clocks].flatMap(([region, time]) => (time.kind === 'silent' ? [{ region, why: time.why }] : []));
  const plans = silent.length > 0 ? [] : await Promise.all(pairs.map((between) => planPair(world, between, request, view.records, signal)));
  return {
    job: {
      actId: newActId(world.random),
      startedAt: world.wall.now(),
      accessPoint: world.estate.accessPoint.arn,
      ...(request.prefix !== undefined && { prefix: request.prefix }),
      active: [...activeNow],
      quarantines: held.map(({ region, by }) => ({ region, by: by.id })),
      pairs: plans.map((plan) => ({ ...plan, serverTime: earlier(plan.between.map((region) => clocks.get(region)!)) })),
    },
    remarks,
    silent,
  };
}

function pairsOf(request: ReconcileRequest, regions: readonly string[], active: readonly string[], held: readonly string[]): readonly (readonly [string, string])[] {
  if (request.between) return [request.between];
  if (request.all) return regions.flatMap((one, index) => regions.slice(index + 1).map((other) => [one, other] as const));
  const left = regions.filter((region) => (request.region === undefined ? held.includes(region) : region === request.region));
  const first = left.length > 0 ? left : regions.filter((region) => !active.includes(region));
  // Where every Region is active there is no other; then each is compared with the first.
  const against = regions.filter((region) => active.includes(region));
  if (first.length === 0) return against.slice(1).map((region) => [region, against[0]] as const);
  return first.flatMap((one) => {
    // Traffic may be back in a Region that is still quarantined: then the others must know what it has.
    const others = against.some((region) => region !== one) ? against : regions;
    return others.filter((region) => region !== one).map((other) => [one, other] as const);
  });
}

async function planPair(world: OperateWorld, between: readonly [string, string], request: ReconcileRequest, records: readonly ActRecord[], signal: AbortSignal): Promise<PairPlan> {
  const verified = request.since === undefined && !request.full;
  const [hint, watermark] = await Promise.all([readHint(world, between, signal), verified ? readBothWatermarks(world, between, signal) : undefined]);
  const cutOff = request.cutOff ?? lastLeft(world, records, between);
  return {
    between: [between[0], between[1]],
    ...(request.since !== undefined && { since: { at: request.since, from: 'given' as const } }),
    ...(watermark?.kind === 'at' && { since: { at: watermark.at, from: 'watermark' as const } }),
    ...(watermark?.kind === 'none' && { noWatermark: watermark.why }),
    ...(cutOff !== undefined && { cutOff }),
    // Boundaries of all keys would leave most ranges empty.
    boundaries: request.prefix === undefined ? [...(hint?.boundaries ?? [])] : [],
    ...(hint && request.prefix === undefined && { expected: hint.versions }),
  };
}

/**
 * When writes to a Region that was left may have begun to be superseded: cut off there by an outage, or made beside those in the new one while
 * routes spread. Only an act that saw writes refused all the time leaves none.
 */
function lastLeft(world: OperateWorld, records: readonly ActRecord[], between: readonly string[]): number | undefined {
  const times = records
    .filter((record) => record.nothingLost !== true && between.some((region) => leaves(record, region)))
    .map((record) => world.wall.parse(record.at))
    .filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.max(0, Math.max(...times) - CUT_OFF_MS);
}

type Active = { readonly kind: 'known'; readonly regions: readonly string[] } | { readonly kind: 'unknown'; readonly why: string };

async function readActive(world: OperateWorld, signal: AbortSignal): Promise<Active> {
  const read = await readRoutes(world, world.estate.accessPoint, { deadline: world.clock.now() + READ_MS, signal });
  return read.kind === 'read' ? { kind: 'known', regions: activeRegions(read.routes) } : { kind: 'unknown', why: read.sentence };
}

type ServerTime = { readonly kind: 'told'; readonly at: number } | { readonly kind: 'untold' } | { readonly kind: 'silent'; readonly why: string };

/** A bucket that refuses or asks to slow down is alive, and the listing is more patient than this; one that says nothing is asked twice. */
async function serverTime(world: OperateWorld, region: string, signal: AbortSignal): Promise<ServerTime> {
  for (let tried = 1; ; tried++) {
    try {
      const { serverTime: at } = await within(region, world.clock, CALL_MS, (late) => world.buckets(region).probe(late), signal);
      return at === undefined ? { kind: 'untold' } : { kind: 'told', at };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      if (tried < PROBES) continue;
      return error.status === undefined ? { kind: 'silent', why: error.message } : { kind: 'untold' };
    }
  }
}

/** A second earlier than the earlier of both: they are told in whole seconds. */
function earlier(times: readonly ServerTime[]): number | undefined {
  const told = times.flatMap((time) => (time.kind === 'told' ? [time.at] : []));
  return told.length === times.length ? Math.max(0, Math.min(...told) - 1_000) : undefined;
}
