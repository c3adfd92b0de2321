import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import type { Random } from '../ports';
import { changeRoutes, CHANGE_TIMES, type ChangeTimes, type Gate } from '../routes/change';
import type { ChangeResult } from '../routes/change-result';
import { ifOneOf } from '../routes/decision';
import type { Limits } from '../routes/endpoint';
import { surveyRoutes } from '../routes/read';
import { activeRegions, list, memberRegions, routesWith, type Routes } from '../routes/routes';
import { keepAct, type AutomaticAct } from './acts';
import { decide, type Decision } from './decide';
import { ACT_DEADLINE_MS, type Policy } from './policy';
import { sameRegions } from './regions';
import type { TableRegister } from './register';
import type { NewAct } from './register-moves';
import type { ActKind, ActState, RegisterState } from './register-state';
import type { SeenReport } from './report';
import type { View } from './view';
import type { ControllerWorld } from './world';

export type ActDecision = Extract<Decision, { readonly action: 'fail over' | 'fail back' | 'repair' | 'finish' | 'adopt' | 'call off' }>;

/** What an act came to. */
export interface ActReport {
  readonly id: string;
  readonly kind: ActKind;
  readonly by: string;
  /** Absent where the epoch was not had. */
  readonly epoch?: number;
  readonly decision: ActDecision;
  /** `not begun`: nothing was claimed. */
  readonly state: Exclude<ActState, 'open'> | 'not begun';
  readonly sentence: string;
}

/** A send follows the word that it is allowed within this time, or is not made. */
export const SEND_WITHIN_MS = 1_000;
/** Settling is not worth more: an act that nobody settled is finished by a neighbour. */
const SETTLE_MS = 5_000;
/** Nor is the record of it. */
const KEEP_MS = 2_000;
/** What sent nothing is tried again so soon. */
const RETRY_MS = 10_000;

export interface ActDeps {
  readonly register: TableRegister;
  /** Reports as they are now, read anew. */
  readonly reread: (signal: AbortSignal) => Promise<readonly SeenReport[]>;
  readonly policy: Policy;
}

/**
 * One act: look at the routes, take the epoch, decide again on new reports, send, prove, say how it ended. Whatever goes wrong
 * before something is sent leaves traffic where it is.
 */
export async function act(world: ControllerWorld, deps: ActDeps, view: View, decision: ActDecision, times: ChangeTimes = CHANGE_TIMES): Promise<ActReport> {
  const stop = new AbortController();
  const running = new RunningAct(world, deps, view, decision, times, stop.signal);
  try {
    const report = await running.run();
    await running.keep(report);
    return report;
  } finally {
    stop.abort();
  }
}

class RunningAct {
  private readonly next: NewAct;
  private readonly limits: Limits;
  private epoch?: number;
  private claimed?: RegisterState;
  private kept = false;
  private readonly beganAt: number;

  constructor(
    private readonly world: ControllerWorld,
    private readonly deps: ActDeps,
    private readonly view: View,
    private readonly decision: ActDecision,
    private readonly times: ChangeTimes,
    signal: AbortSignal,
  ) {
    this.beganAt = world.wall.now();
    const active = 'to' in decision ? [decision.to] : decision.active;
    this.next = { id: newId(world.random), kind: kindOf(decision, view), by: `voter ${view.self}`, why: decision.sentence, active, coolDownMs: coolDownOf(decision, view, deps.policy), ...('landed' in decision && { landed: decision.landed }) };
    this.limits = { deadline: world.clock.now() + ACT_DEADLINE_MS, signal };
  }

  async run(): Promise<ActReport> {
    if (this.decision.action === 'adopt' || this.decision.action === 'call off') return this.write();
    const survey = await surveyRoutes(this.world, this.world.accessPoint, this.limits, this.times.read);
    const views = survey.good.filter(({ endpoint }) => !this.avoid.includes(endpoint)).map(({ routes }) => routes);
    if (views.length === 0) return this.report('not begun', `no control endpoint told the routes, so nothing was claimed: ${survey.sentence}`);
    const members = memberRegions(views[0]);
    const strange = this.next.active.filter((region) => !members.includes(region));
    if (strange.length > 0) return this.report('not begun', `${list(strange)} is not behind the access point (${list(members)})`);
    const expected = this.expected(members);
    const foreign = views.find((routes) => !expected.some((one) => sameRegions(activeRegions(one), activeRegions(routes))));
    if (foreign) return this.report('not begun', `live routes (active ${list(activeRegions(foreign))}) are not what the decision was made from`);

    const refused = await this.claim();
    if (refused !== undefined) return this.report('not begun', refused);
    const again = await this.decideAgain();
    if (again !== undefined) return this.settle(this.ended('failed'), again, 0);

    const wanted = routesWith(this.next.active, members);
    const result = await changeRoutes(
      this.world,
      { accessPoint: this.world.accessPoint, decide: ifOneOf(expected, wanted), limits: this.limits, avoid: this.avoid, gate: this.gate },
      this.times,
    );
    return this.settle(this.ended(stateOf(result)), result.sentence, result.pending.length);
  }

  /** Moves nothing: one conditional write, and over. */
  private async write(): Promise<ActReport> {
    const refused = await this.claim();
    return refused === undefined ? this.report('done', this.decision.sentence) : this.report('not begun', refused);
  }

  /** The Region that is called down: its own endpoint may tell the past, and may never answer. */
  private get avoid(): readonly string[] {
    return this.decision.action === 'fail over' ? this.decision.from : [];
  }

  /** Live routes that the decision allows for: as intended, and what our own submits may have made of them. Others are a person's. */
  private expected(members: readonly string[]): Routes[] {
    const { register } = this.view;
    if (register.kind !== 'read') return [];
    const { intent, act, doubts } = register.state;
    const before = this.decision.action === 'finish' ? act.from : [];
    return [intent, before, this.next.active, ...doubts.map(({ active }) => active)].filter((active) => active.length > 0).map((active) => routesWith(active, members));
  }

  private async claim(): Promise<string | undefined> {
    const { register } = this.view;
    if (register.kind === 'unreadable') return register.reason;
    const changed = await this.deps.register.claimAct(register.kind === 'read' ? register : undefined, this.next, this.signal);
    if (changed.kind === 'no') return changed.reason;
    this.epoch = changed.state.epoch;
    this.claimed = changed.state;
    return undefined;
  }

  /** The same decision, on reports read after the claim: whoever was stopped before it acts on no old news. */
  private async decideAgain(): Promise<string | undefined> {
    try {
      const reports = await this.deps.reread(this.signal);
      const again = decide({ ...this.view, reports }, this.deps.policy, this.world.wall.now());
      const same = again.action === this.decision.action && ('to' in again && 'to' in this.decision ? again.to === this.decision.to : true);
      return same ? undefined : `not any more: ${again.sentence}`;
    } catch (error) {
      return `the reports could not be read again: ${reasonOf(error)}`;
    }
  }

  /** What finishes an older act, or undoes one, is not over as long as the routes are not as intended: it is finished in turn. */
  private ended(state: Exclude<ActState, 'open'>): Exclude<ActState, 'open'> {
    return state === 'failed' && (this.decision.action === 'finish' || this.decision.action === 'repair') ? 'unknown' : state;
  }

  private readonly gate: Gate = async () => {
    const asked = this.world.clock.now();
    const lost = await within('the register', this.world.clock, SEND_WITHIN_MS, (signal) => this.deps.register.confirm(this.epoch ?? -1, this.next.id, signal), this.signal);
    return lost === undefined ? { kind: 'open', until: asked + SEND_WITHIN_MS } : { kind: 'shut', reason: lost };
  };

  private async settle(state: Exclude<ActState, 'open'>, outcome: string, inDoubt: number): Promise<ActReport> {
    // First: what nobody settled is finished by a neighbour, and what is settled is told by nobody else.
    await this.keep(this.report(state, outcome));
    try {
      await within(
        'the register',
        this.world.clock,
        SETTLE_MS,
        (signal) => this.deps.register.settleAct(this.epoch ?? -1, this.next.id, { state, outcome, inDoubt, retryMs: RETRY_MS }, signal),
        this.signal,
      );
    } catch (error) {
      this.world.log.warn('the register was not told how the act ended', { act: this.next.id, reason: reasonOf(error) });
    }
    return this.report(state, outcome);
  }

  /** For people who ask later what was done. It moves nothing, and what is not kept stands in the log all the same. */
  async keep({ id, kind, by, state, sentence }: ActReport): Promise<void> {
    const { claimed, world } = this;
    if (!claimed || state === 'not begun' || this.kept) return;
    this.kept = true;
    const { register } = this.view;
    const { epoch, intent, act: { why, from, quarantines } } = claimed;
    const undone = kind === 'called off' && register.kind === 'read' ? register.state.act.quarantines : [];
    const now = world.wall.iso(world.wall.now());
    const kept: AutomaticAct = { epoch, id, kind, by, why, from, to: intent, quarantines: state === 'failed' ? [] : quarantines, lifts: undone, state, outcome: sentence, began: world.wall.iso(this.beganAt), ended: now };
    try {
      await within('the table', world.clock, KEEP_MS, (signal) => keepAct(world.table, kept, signal), this.signal);
    } catch (error) {
      world.log.warn('the act was not kept for the history', { act: id, reason: reasonOf(error) });
    }
  }

  private report(state: ActReport['state'], sentence: string): ActReport {
    const { id, kind, by } = this.next;
    return { id, kind, by, ...(this.epoch !== undefined && { epoch: this.epoch }), decision: this.decision, state, sentence };
  }

  private get signal(): AbortSignal {
    return this.limits.signal!;
  }
}

/** To finish an act takes none of the time anew that was set for it: else it might be finished for ever. */
function coolDownOf({ action }: ActDecision, { register }: View, { coolDownMs }: Policy): number {
  // Nothing was moved: the register only begins.
  if (register.kind !== 'read' || register.state.intent.length === 0) return 0;
  return action === 'finish' ? register.coolDownLeftMs : coolDownMs;
}

function kindOf(decision: ActDecision, { register }: View): ActKind {
  switch (decision.action) {
    case 'fail over':
      return 'failover';
    case 'fail back':
      return 'failback';
    case 'adopt':
      return 'adopted';
    case 'call off':
      return 'called off';
    case 'repair':
      return 'repair';
    case 'finish':
      return register.kind === 'read' ? register.state.act.kind : 'failover';
  }
}

function stateOf(result: ChangeResult): Exclude<ActState, 'open'> {
  switch (result.kind) {
    case 'done':
    case 'overtaken':
      return 'done';
    case 'accepted':
    case 'unknown':
      return 'unknown';
    default:
      return result.pending.length > 0 ? 'unknown' : 'failed';
  }
}

function newId(random: Random): string {
  const part = () => Math.floor(random() * 2 ** 48).toString(36);
  return `${part()}-${part()}`;
}
