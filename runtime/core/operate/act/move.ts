import { CHANGE_TIMES, changeRoutes, type ChangeTimes, type Gate } from '../../routes/change';
import type { ChangeEvent, ChangeResult } from '../../routes/change-result';
import { ifOneOf } from '../../routes/decision';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { activeRegions, sameRoutes, type Routes } from '../../routes/routes';
import { SERVED_TIMES, type ServedTimes } from '../../routes/served';
import { awaitOthers } from './await-others';
import { claimAct, gateOf, settleAct, settlementOf } from './claim';
import { corrected, undone } from './correct';
import type { LagEstimate } from './lag';
import { awaitLastWord } from './last-word';
import { whoMoved } from './others';
import type { ActOutcome } from './outcome';
import { REGISTER } from './checks';
import { liveBefore, objections, type Plan } from './plan';
import { mayHaveMoved, MOVED_NEXT, type Reached } from './reached';
import { Recording } from './recording';
import { serve } from './serve';
import { seconds } from './words';
import type { OperateWorld, Teller } from './world';

export interface MoveRequest {
  readonly plan: Plan;
  /** Live routes as the endpoints had them when the plan was made; more than one where they disagreed. */
  readonly views: readonly Routes[];
  /** Endpoints that answered then. */
  readonly answered: readonly string[];
  readonly planned: boolean;
  readonly why?: string;
  /** Goes ahead although checks speak against it; they are shown and recorded all the same. */
  readonly force: boolean;
  /** Goes on where the controller's register cannot be read or claimed. */
  readonly withoutRegister?: boolean;
  /** Shows the plan, and ends. */
  readonly dryRun: boolean;
  /** How sure the act wants to be before it ends. */
  readonly proof: WantedProof;
  readonly lag: readonly LagEstimate[];
  readonly quarantines: readonly string[];
  /** When the act began to look around, for what is told as it happens. */
  readonly startedAt: number;
  readonly limits: Limits;
}

export type WantedProof = 'read back' | 'served';

export interface MoveTimes {
  readonly change: ChangeTimes;
  /** In which an endpoint must have taken the change. */
  readonly changeMs: number;
  /** How long writes through the access point may take to land where they should: AWS says about two minutes. */
  readonly servedMs: number;
  readonly served: ServedTimes;
}

export const MOVE_TIMES: MoveTimes = {
  // A second endpoint that lives and lags is not waited for as long as in a deployment: the data plane tells more.
  change: { ...CHANGE_TIMES, proofMs: 10_000 },
  changeMs: 120_000,
  servedMs: 180_000,
  served: SERVED_TIMES,
};

/**
 * From a plan to its end: shown, agreed to, claimed, written down, compared again and submitted, proven, looked at once more, and
 * written down. Never rejects for what AWS does.
 */
export async function moveTraffic(world: OperateWorld, teller: Teller, request: MoveRequest, times: MoveTimes = MOVE_TIMES): Promise<ActOutcome> {
  return (await withheld(world, teller, request)) ?? act(world, teller, request, times);
}

/** Why nothing is done, if nothing is. */
async function withheld(world: OperateWorld, teller: Teller, request: MoveRequest): Promise<ActOutcome | undefined> {
  const { plan, force, dryRun, limits } = request;
  const against = objections(plan);
  if (against.length > 0 && !force) {
    const sentence = `nothing was done: ${against.map(({ name, sentence: why }) => `${name}: ${why}`).join('; ')}`;
    const forced = against.every(({ name }) => name === REGISTER) ? [] : [`the same with '--force', which goes ahead all the same`];
    return outcome(request, 'refused', sentence, { next: [...new Set(against.flatMap(({ fix }) => fix ?? [])), ...forced] });
  }
  if (dryRun || !isSoAlready(request)) {
    const answer = await teller.confirm(plan);
    if (dryRun) return outcome(request, 'planned', `nothing was done (--dry-run)${isSoAlready(request) ? ', and nothing would be: the routes are already so' : ''}`);
    if (answer === 'no') return outcome(request, 'declined', 'nothing was done: declined');
  }
  if (timeLeft(world.clock, limits) === 0) return outcome(request, 'failed', 'nothing was done: it was given up, or its time was up, before anything was sent');
  return undefined;
}

async function act(world: OperateWorld, teller: Teller, request: MoveRequest, times: MoveTimes): Promise<ActOutcome> {
  const { plan, planned, why, lag, quarantines, force, views } = request;
  const [from, to] = [activeRegions(plan.before), activeRegions(plan.after)];
  const overruled = force ? objections(plan).map(({ name, sentence }) => `${name}: ${sentence}`) : [];
  const recording = new Recording(world, { verb: plan.verb, planned, why, from, to, lag: lag.map(({ sentence }) => sentence), quarantines, overruled });
  const withoutRegister = request.withoutRegister === true;
  const claimed = await claimAct(world, teller, { actId: recording.id, by: world.who, why: why ?? '', active: to, live: liveBefore(plan), overBrake: force }, withoutRegister);
  if ('refusal' in claimed) return outcome(request, 'refused', `nothing was done: ${claimed.refusal}`, { next: MOVED_NEXT });

  if (claimed.without !== undefined) recording.overrule(`${REGISTER}: ${claimed.without}`);

  // What is already so needs no record, but where it finishes what another run began.
  const records = !isSoAlready(request) || quarantines.length > 0;
  if (records) await recording.begin();
  const change = await submit(world, teller, request, gateOf(world, claimed.claim, withoutRegister), times);
  const seen = await proven(world, teller, request, change, recording.id, times);
  const alone = await awaitOthers(world, teller, { reached: seen, meant: plan.after, before: views, own: recording.id, limits: request.limits });
  const first = await corrected(world, alone, plan.after, views, recording.id);

  const moved = mayHaveMoved(change) || (isSoAlready(request) && first.kind !== 'failed' && first.kind !== 'refused');
  const writeDown = async ({ kind, sentence, proof }: Reached) => {
    const kept = records ? await recording.end({ kind, sentence, proof, moved }) : undefined;
    await settleAct(world, teller, claimed.claim, settlementOf({ kind, sentence }, moved, change.pending.length));
    return kept?.regions.length === 0 ? ['no Region took the record of this act: note who did what, and when'] : [];
  };
  let reached = first;
  let unkept = await writeDown(first);
  const otherwise = await undone(world, first, plan.after, views, recording.id);
  if (otherwise) {
    reached = otherwise;
    unkept = await writeDown(otherwise);
  }
  return outcome(request, reached.kind, reached.sentence, { ...reached, next: [...reached.next, ...unkept], quarantines: moved ? quarantines : [] });
}

function submit(world: OperateWorld, teller: Teller, request: MoveRequest, gate: Gate | undefined, times: MoveTimes): Promise<ChangeResult> {
  const { plan, views, answered, limits, startedAt } = request;
  teller.step('submit routes');
  return changeRoutes(
    world,
    {
      accessPoint: world.estate.accessPoint,
      decide: ifOneOf(views, plan.after),
      // A Region that traffic leaves may be leaving because it is ill; but when no other endpoint lives, its own is the way.
      lastResort: plan.leaves,
      expects: answered,
      resend: request.force,
      ...(gate && { gate }),
      limits: { ...limits, deadline: Math.min(limits.deadline, world.clock.now() + times.changeMs) },
      tell: (event) => teller.say(`${seconds(world.clock.now() - startedAt)}  ${sentenceOf(event)}`),
    },
    times.change,
  );
}

function sentenceOf(event: ChangeEvent): string {
  switch (event.kind) {
    case 'accepted':
      return `routes accepted by ${event.endpoint}; traffic follows within about two minutes`;
    case 'in doubt':
      return `no last word from ${event.endpoint} (${event.failure.kind}); reading elsewhere before anything else is sent`;
    default:
      return `routes ${event.kind}, at ${event.endpoint}`;
  }
}

async function proven(world: OperateWorld, teller: Teller, request: MoveRequest, change: ChangeResult, own: string, times: MoveTimes): Promise<Reached> {
  const { proof, plan, startedAt, limits } = request;
  const targets = activeRegions(plan.after);
  const untilServed = { ...limits, deadline: Math.min(limits.deadline, world.clock.now() + times.servedMs) };
  const without = { change, live: change.live, proof: 'none' } as const;
  switch (change.kind) {
    case 'done':
      if (proof !== 'served') return { ...without, kind: 'done', sentence: change.sentence, proof: change.proof, next: [] };
      return doubted(await serve(world, teller, { targets, change, proof: change.proof, startedAt, limits: untilServed, routes: { meant: plan.after, before: request.views } }, times.served));
    case 'accepted':
    case 'unknown':
      return awaitLastWord(world, teller, { change, targets, serve: proof === 'served', startedAt, own, limits: untilServed }, { read: times.change.read, served: times.served });
    case 'overtaken':
      return { ...without, kind: 'failed', sentence: `${change.sentence}, ${await whoMoved(world, change.live, own)}`, next: MOVED_NEXT };
    case 'refused': {
      const who = change.because === 'moved' ? `, ${await whoMoved(world, change.live, own)}` : '';
      return { ...without, kind: 'refused', sentence: `${change.sentence}${who}`, next: MOVED_NEXT };
    }
    case 'disagreement':
      return { ...without, kind: 'refused', sentence: change.sentence, next: ['s3-failover routes show', 'the same again: the plan is then made from what the endpoints say'] };
    case 'failed':
      return { ...without, kind: 'failed', sentence: change.sentence, next: ['s3-failover routes show', 's3-failover card'] };
  }
}

/** Routes that read as wanted, that nobody sent just now, and that traffic does not follow: what was read may be old. */
function doubted(reached: Reached): Reached {
  if (reached.change.kind !== 'done' || reached.change.submitted || !reached.contradicted) return reached;
  const sentence = `unknown: the endpoints say so, and writes land elsewhere, so that they may tell old routes; ${reached.sentence}`;
  return { ...reached, kind: 'unknown', proof: 'none', sentence, next: [`the same with '--force', which sends the routes again`, 's3-failover routes show'] };
}

/** Every endpoint that answered shows what is wanted, and nobody wants it sent all the same. */
function isSoAlready({ views, plan, force }: MoveRequest): boolean {
  return !force && views.every((view) => sameRoutes(view, plan.after));
}

type More = Partial<Pick<ActOutcome, 'proof' | 'live' | 'change' | 'next' | 'quarantines'>>;

function outcome({ plan, views, lag }: MoveRequest, kind: ActOutcome['kind'], sentence: string, more: More = {}): ActOutcome {
  const live = more.live ?? (views.length === 1 ? views[0] : undefined);
  return { kind, sentence, proof: more.proof ?? 'none', live, plan, change: more.change, next: more.next ?? [], lag, quarantines: more.quarantines ?? [], nothingLost: false };
}
