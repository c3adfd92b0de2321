import { sameRegions } from './regions';
import { brakeHolds, MOST_DOUBTS, type Act, type ActKind, type ActState, type Doubt, type Exclusion, type RegisterState } from './register-state';

/** A submit may be delivered so late; what differs from the intent after that is a person's. */
export const DOUBT_MS = 900_000;
const MOST_TEXT = 500;

export interface NewAct {
  readonly id: string;
  readonly kind: ActKind;
  readonly by: string;
  readonly why: string;
  readonly active: readonly string[];
  readonly coolDownMs: number;
  /** Of a person's: active Regions by the live routes, which may be others than the register knows. */
  readonly live?: readonly string[];
  /** Of a repair: the routes of the submit that landed late. */
  readonly landed?: readonly string[];
}

/** The register before anything was moved or looked at: nobody knows yet where traffic is, so that nothing is intended. */
export function blank(): RegisterState {
  const act: Act = { id: 'none', kind: 'adopted', by: 'nobody', why: 'nothing has been moved yet', from: [], quarantines: [], state: 'done' };
  return { epoch: 0, intent: [], act, coolDownMs: 0, excluded: [], quarantined: [], doubts: [] };
}

/** The register once an act has the next epoch. */
export function claimed(before: RegisterState | undefined, { id, kind, by, why, active, coolDownMs, live = [], landed }: NewAct): RegisterState {
  const known = before?.intent ?? [];
  // Before anybody has looked where traffic is, the act's own look is what there is.
  const intended = known.length > 0 ? known : live;
  const left = [...new Set([...intended, ...live])].filter((region) => !active.includes(region));
  const excluded = before?.excluded ?? [];
  const undone = kind === 'called off' ? (before?.act.quarantines ?? []) : [];
  const quarantined = (before?.quarantined ?? []).filter((region) => !undone.includes(region));
  // Who left a Region because it was down does not know what it holds alone.
  const quarantines = kind === 'failover' ? left.filter((region) => !quarantined.includes(region)) : [];
  // Who finishes an act goes on from where it began: it may yet be called off.
  const finishes = before !== undefined && isUnended(before.act) && sameRegions(intended, active) ? before.act : undefined;
  const byPerson = kind === 'human' || kind === 'adopted';
  const lifted = excluded.filter((one) => endsWith(one, active));
  const exclusions = exclusionsAfter(excluded, byPerson ? left : [], active, clip(by));
  const added = exclusions.filter((one) => !excluded.includes(one)).map(({ region }) => region);
  const undo = kind === 'human' ? { lifted, added, coolDownMs: before?.coolDownMs ?? 0 } : undefined;
  const act: Act = {
    id,
    kind,
    by: clip(by),
    why: clip(why),
    from: finishes?.from ?? intended,
    quarantines: finishes?.quarantines ?? quarantines,
    state: kind === 'adopted' || kind === 'called off' ? 'done' : 'open',
    ...(undo && { undo }),
  };
  return {
    epoch: (before?.epoch ?? 0) + 1,
    intent: [...active],
    act,
    ...(before?.brake && { brake: before.brake }),
    coolDownMs,
    excluded: exclusions,
    quarantined: [...quarantined, ...quarantines],
    doubts: doubtsAfter(before, landed),
  };
}

/** A person's move away keeps a Region from being chosen, until a person moves back or lifts it. */
function exclusionsAfter(excluded: readonly Exclusion[], left: readonly string[], active: readonly string[], by: string): Exclusion[] {
  const kept = excluded.filter((one) => !endsWith(one, active));
  const added = left.filter((region) => !kept.some((one) => one.region === region));
  return [...kept, ...added.map((region) => ({ region, why: `traffic was moved away by ${by}`, moved: true }))];
}

/** What a move away made ends when traffic is there again. */
function endsWith({ region, moved }: Exclusion, active: readonly string[]): boolean {
  return moved === true && active.includes(region);
}

/** An act that nobody ended may have sent something that is still on its way. What has landed is repaired once. */
function doubtsAfter(before: RegisterState | undefined, landed: readonly string[] | undefined): Doubt[] {
  if (!before) return [];
  const { act, epoch, intent, doubts } = before;
  const open = isUnended(act);
  const gone = doubts.findIndex(({ active }) => landed !== undefined && sameRegions(active, landed));
  return withDoubts(doubts.filter((_, index) => index !== gone), { epoch, active: intent, leftMs: DOUBT_MS }, open ? 1 : 0);
}

/** Nobody said that it was done, or that nothing was sent. */
export function isUnended({ state }: Act): boolean {
  return state === 'open' || state === 'unknown';
}

/** One for each submit: each is repaired once when it lands. */
function withDoubts(doubts: readonly Doubt[], doubt: Doubt, times: number): Doubt[] {
  return [...doubts, ...new Array<Doubt>(Math.max(0, times)).fill(doubt)].slice(-MOST_DOUBTS);
}

export interface Ending {
  readonly state: Exclude<ActState, 'open'>;
  readonly outcome: string;
  /** Submits without a last word, each of which may land late. */
  readonly inDoubt: number;
  /** After an act that sent nothing, until the next may be tried. */
  readonly retryMs: number;
}

/** The register once an act has ended. What sent nothing leaves no trace but its epoch. */
export function settled(state: RegisterState, { state: ended, outcome, retryMs, inDoubt }: Ending): RegisterState {
  const act: Act = { ...state.act, state: ended, outcome: outcome.slice(0, 4 * MOST_TEXT) };
  // Of an act that stays unended, the next claim adds one.
  const left = ended === 'done' ? inDoubt : ended === 'unknown' ? inDoubt - 1 : 0;
  // Who says otherwise a moment later counts nothing twice.
  const others = state.doubts.filter(({ epoch }) => epoch !== state.epoch);
  const doubts = withDoubts(others, { epoch: state.epoch, active: state.intent, leftMs: DOUBT_MS }, left);
  if (ended !== 'failed' || act.from.length === 0) return { ...state, act, doubts };
  return {
    ...state,
    act,
    intent: act.from,
    quarantined: state.quarantined.filter((region) => !act.quarantines.includes(region)),
    excluded: withoutMove(state.excluded, act),
    coolDownMs: Math.max(retryMs, act.undo?.coolDownMs ?? 0),
  };
}

/** Nobody has left where traffic is, and nobody has come back to where it is not. */
function withoutMove(excluded: readonly Exclusion[], { from, undo }: Act): Exclusion[] {
  const kept = excluded.filter((one) => !endsWith(one, from) && !(one.moved && undo?.added?.includes(one.region)));
  const back = (undo?.lifted ?? []).filter(({ region }) => !kept.some((one) => one.region === region));
  return [...kept, ...back];
}

/** The register with time taken off that a reader has seen go by. */
export function countedDown(state: RegisterState, elapsedMs: number): RegisterState {
  return {
    ...state,
    coolDownMs: Math.max(0, state.coolDownMs - elapsedMs),
    doubts: state.doubts.flatMap((doubt) => (doubt.leftMs > elapsedMs ? [{ ...doubt, leftMs: doubt.leftMs - elapsedMs }] : [])),
  };
}

/** Whether an act still has what it claimed. */
export function lostBecause(state: RegisterState | undefined, epoch: number, id: string, wallNow: number): string | undefined {
  if (!state || state.epoch !== epoch || state.act.id !== id) return `the epoch is no longer this act's: ${state ? `${state.epoch}, ${state.act.kind} by ${state.act.by}` : 'the register is gone'}`;
  if (state.act.state !== 'open') return 'the act was ended by somebody else';
  return brakeHolds(state.brake, wallNow) ? `paused by ${state.brake.by}: ${state.brake.why}` : undefined;
}

export function clip(text: string): string {
  return text.slice(0, MOST_TEXT);
}
