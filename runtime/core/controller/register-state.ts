import type { Brake } from '../operate/register';
import { demand, isRecord, isSpan, isText, isTexts, isWhole } from './parse';
import { REGION_NAME } from './policy';
import type { Item } from './ports';

export const REGISTER = 'register';

/**
 * What an act was. `failover` and `failback` are the controller's; `human` was claimed by a person's tool; `adopted` is what a
 * person did past all of it; `repair` undoes an older submit that landed late; `called off` takes an unfinished act back.
 */
export type ActKind = 'failover' | 'failback' | 'human' | 'adopted' | 'repair' | 'called off';

export type ActState =
  /** Claimed; nobody has said how it ended. */
  | 'open'
  | 'done'
  /** Nothing was sent. */
  | 'failed'
  /** Something was sent, and whether it was done is not known. */
  | 'unknown';

export interface Act {
  readonly id: string;
  readonly kind: ActKind;
  readonly by: string;
  readonly why: string;
  /** Active Regions as they were intended before. */
  readonly from: readonly string[];
  /** Regions that this act put into quarantine, and that leave it when nothing was sent. */
  readonly quarantines: readonly string[];
  readonly state: ActState;
  readonly outcome?: string;
  /** What a person's act gives back when it has sent nothing: exclusions that it lifted, Regions that it excluded, and what was left of the cool-down. */
  readonly undo?: { readonly lifted: readonly Exclusion[]; readonly added?: readonly string[]; readonly coolDownMs: number };
}

/** A submit of ours that had no last word, and may land late. */
export interface Doubt {
  readonly epoch: number;
  readonly active: readonly string[];
  /** For how long it may still land, counted down as the cool-down is. */
  readonly leftMs: number;
}

/** The one item that says who may move traffic. */
export interface RegisterState {
  readonly epoch: number;
  /** Regions that should be active; none only at epoch 0, before anybody has looked where traffic is. */
  readonly intent: readonly string[];
  readonly act: Act;
  readonly brake?: Brake;
  /**
   * What was left of the cool-down when the item was written. Readers take off what they have themselves seen go by
   * since, and write the rest back now and then: clocks are never compared, and a time in which nobody looks does not count.
   */
  readonly coolDownMs: number;
  readonly excluded: readonly Exclusion[];
  readonly quarantined: readonly string[];
  readonly doubts: readonly Doubt[];
}

export interface Exclusion {
  readonly region: string;
  readonly why: string;
  /** Made because a person moved traffic away, and lifted when a person moves it back. */
  readonly moved?: boolean;
}

/**
 * How far a brake's end, a time of day, may be off and still hold: AWS refuses most requests that were signed more than five
 * minutes ago (IAM user guide, "AWS Signature Version 4 for API requests"). It errs to the brake. It is no bound for a machine
 * whose SDK corrects a wrong clock when it signs: such a brake ends as much too early as that clock is behind.
 */
export const CLOCK_SKEW_MS = 300_000;

export const MOST_DOUBTS = 8;
const KINDS: readonly string[] = ['failover', 'failback', 'human', 'adopted', 'repair', 'called off'] satisfies ActKind[];
const STATES: readonly string[] = ['open', 'done', 'failed', 'unknown'] satisfies ActState[];

export function brakeHolds(brake: Brake | undefined, wallNow: number): brake is Brake {
  return brake !== undefined && (brake.until === undefined || wallNow < brake.until + CLOCK_SKEW_MS);
}

export function formatRegister(state: RegisterState): Item {
  return { version: 1, ...state };
}

/** Throws `Malformed`. */
export function parseRegister(item: Item): RegisterState {
  const { epoch, intent, act, brake, coolDownMs, excluded, quarantined, doubts } = item;
  demand(item.version === 1, `'version' of the register must be 1`);
  demand(isWhole(epoch), `'epoch' of the register must be a whole number`);
  demand(isRegions(intent) && (intent.length > 0 || epoch === 0), `'intent' of the register must name Regions, at least one`);
  demand(isSpan(coolDownMs), `'coolDownMs' of the register must be a time`);
  demand(isRegions(quarantined), `'quarantined' of the register must name Regions`);
  demand(isExclusions(excluded), `'excluded' of the register must be Regions with reasons`);
  demand(Array.isArray(doubts) && doubts.length <= MOST_DOUBTS && doubts.every(isDoubt), `'doubts' of the register must be submits`);
  demand(brake === undefined || isBrake(brake), `'brake' of the register must say who and why`);
  demand(isAct(act), `'act' of the register must be an act`);
  return {
    epoch,
    intent: [...intent],
    act,
    ...(brake !== undefined && { brake }),
    coolDownMs,
    excluded,
    quarantined: [...quarantined],
    doubts,
  };
}

function isRegions(value: unknown): value is readonly string[] {
  return isTexts(value) && value.every((region) => REGION_NAME.test(region)) && new Set(value).size === value.length;
}

function isExclusions(value: unknown): value is readonly Exclusion[] {
  return Array.isArray(value) && value.length <= 50 && value.every(isExclusion);
}

function isExclusion(value: unknown): value is Exclusion {
  return isRecord(value) && isText(value.region) && REGION_NAME.test(value.region) && isText(value.why) && (value.moved === undefined || typeof value.moved === 'boolean');
}

function isDoubt(value: unknown): value is Doubt {
  return isRecord(value) && isWhole(value.epoch) && isRegions(value.active) && value.active.length > 0 && isSpan(value.leftMs);
}

function isBrake(value: unknown): value is Brake {
  return isRecord(value) && isText(value.by) && isText(value.why) && (value.until === undefined || isSpan(value.until));
}

function isAct(value: unknown): value is Act {
  return (
    isRecord(value) &&
    isText(value.id, 200) &&
    typeof value.kind === 'string' &&
    KINDS.includes(value.kind) &&
    isText(value.by) &&
    isText(value.why) &&
    isRegions(value.from) &&
    isRegions(value.quarantines) &&
    typeof value.state === 'string' &&
    STATES.includes(value.state) &&
    (value.outcome === undefined || isText(value.outcome, 10_000)) &&
    (value.undo === undefined || (isRecord(value.undo) && isExclusions(value.undo.lifted) && (value.undo.added === undefined || isRegions(value.undo.added)) && isSpan(value.undo.coolDownMs)))
  );
}
