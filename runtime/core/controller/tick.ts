import { reasonOf } from '../calls/reason';
import { within } from '../calls/side-by-side';
import { act, type ActDecision, type ActReport } from './act';
import { alarm, decide, type Decision } from './decide';
import { looksAtRoutes } from './figures';
import { HeldWatch } from './held-watch';
import { Heart } from './heart';
import { LagWatch } from './lag-watch';
import { ObserverProcess, type Reported } from './observer';
import type { Policy } from './policy';
import { TableRegister } from './register';
import { RegisterWatch } from './register-watch';
import type { Observer, Report, SeenReport } from './report';
import { RoutesWatch } from './routes-watch';
import { askVetoes } from './vetoes';
import type { RegisterSight, RoutesSight, View } from './view';
import { freshVoters } from './votes';
import type { ControllerWorld, Notices } from './world';

export interface Controller {
  readonly world: ControllerWorld;
  readonly policy: Policy;
  readonly self: Observer;
  /** Version of the code, for reports. */
  readonly code: string;
}

export type Ticked =
  | { readonly kind: 'decided'; readonly decision: Decision; readonly view: View; readonly act?: ActReport }
  /** An observer that is no voter, or a process that does not report yet. */
  | { readonly kind: 'observed' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'crashed'; readonly decision: Decision };

/** A notice is worth no more of a tick. */
const NOTICE_MS = 2_000;
/** Time that was seen to pass is written back this often: a process lives for two minutes, a cool-down for many. */
const COUNT_DOWN_EVERY_MS = 30_000;

/** One process of one observer, tick by tick. Keeps in memory only what may be lost: whoever comes next begins in doubt, and holds. */
export class Ticker {
  private readonly observer: ObserverProcess;
  private readonly register: TableRegister;
  private readonly registerWatch = new RegisterWatch();
  private readonly routesWatch: RoutesWatch;
  private readonly lagWatch: LagWatch;
  private readonly heldWatch = new HeldWatch();
  private readonly heart: Heart;
  private closely = false;

  constructor(private readonly controller: Controller) {
    const { world, policy, self, code } = controller;
    const regions = self.role === 'self' ? [self.region] : policy.order;
    this.observer = new ObserverProcess(world, policy, self, code, regions);
    this.register = new TableRegister(world, policy.coolDownMs);
    this.routesWatch = new RoutesWatch(world);
    this.lagWatch = new LagWatch(world, policy);
    this.heart = new Heart(world, self.region);
  }

  /** Never rejects: a tick that crashes holds, and says so. */
  async tick(signal: AbortSignal): Promise<Ticked> {
    try {
      return await this.run(signal);
    } catch (error) {
      const decision = alarm('crashed', reasonOf(error));
      this.controller.world.log.error(decision.sentence, { reason: decision.reason });
      await this.notify('a crash', (notices, abort) => notices.decided(decision, undefined, abort), signal);
      return { kind: 'crashed', decision };
    }
  }

  private async run(signal: AbortSignal): Promise<Ticked> {
    const { world, self, policy } = this.controller;
    const results = await this.observer.probe();
    const reported = await this.observer.report(results, signal, this.said()).catch((error: unknown) => ({ kind: 'not reported' as const, reason: reasonOf(error) }));
    if (reported.kind === 'superseded') return reported;
    if (reported.kind === 'reported') {
      this.heldWatch.reported();
      await this.notify('a report', (notices, abort) => notices.reported(reported.report, abort), signal);
    }
    if (self.role !== 'voter') return this.inside(reported, signal);

    const seen = await this.read(signal);
    // The routes are looked at by whoever decides: one look is no proof, and a process whose looks began before has too few left.
    if (reported.kind === 'waiting') {
      this.heldWatch.inherit(seen, policy);
      world.notices?.waiting?.(seen);
      return { kind: 'observed' };
    }
    const { view, decision } = await this.decide(await this.look(seen, signal), signal);
    this.closely = needsWatching(decision, view);
    world.log.info(decision.sentence, { action: decision.action, reason: decision.reason });
    await this.notify('a decision', (notices, abort) => notices.decided(decision, view, abort), signal);
    if (!isAct(decision)) {
      await this.tellHeld(decision, undefined, view, signal);
      await this.countDown(view, signal);
      return { kind: 'decided', decision, view };
    }
    const done = await act(world, { register: this.register, policy, reread: async (abort) => (await this.observer.read(abort)).reports }, view, decision);
    world.log.warn(done.sentence, { act: done.id, kind: done.kind, epoch: done.epoch, state: done.state });
    if (done.state === 'not begun') await this.countDown(view, signal);
    await this.notify('an act', (notices, abort) => notices.acted(done, view, abort), signal);
    await this.tellHeld(decision, done, view, signal);
    return { kind: 'decided', decision, view, act: done };
  }

  /** A Region's own observer decides nothing: it tells how the Region is from inside, and keeps its heart beating. */
  private async inside(reported: Reported, signal: AbortSignal): Promise<Ticked> {
    const { world: { log }, self } = this.controller;
    // No voter tells of these: nobody else would.
    if (reported.kind === 'not reported') log.warn('no report was written', { reason: reported.reason });
    const seen = reported.kind === 'reported' ? reported.report.regions[self.region] : undefined;
    if (seen && (seen.result === 'misconfigured' || seen.result === 'blind')) log.warn('this Region could not be looked at from inside', { result: seen.result, reason: seen.reason });
    if (reported.kind !== 'waiting') await this.heart.beat(signal).catch((error: unknown) => log.warn('no heartbeat was written', { reason: reasonOf(error) }));
    await this.readOwn(signal);
    return { kind: 'observed' };
  }

  /** What a voter's report says beside its Regions. */
  private said(): Pick<Report, 'routes' | 'told'> {
    const { found } = this.routesWatch;
    const { toldOf } = this.heldWatch;
    return { ...(found && { routes: found }), ...(toldOf !== undefined && { told: toldOf }) };
  }

  /** Alarms that may hold are asked only when there is something to hold. */
  private async decide(looked: View, signal: AbortSignal): Promise<{ readonly view: View; readonly decision: Decision }> {
    const { world, policy } = this.controller;
    const decision = decide(looked, policy, world.wall.now());
    if (decision.reason !== 'vetoes not asked') return { view: looked, decision };
    const view = { ...looked, vetoes: await askVetoes(world, policy, signal) };
    return { view, decision: decide(view, policy, world.wall.now()) };
  }

  private async tellHeld(decision: Decision, act: ActReport | undefined, view: View, signal: AbortSignal): Promise<void> {
    const { world, policy } = this.controller;
    const change = this.heldWatch.take(decision, act, view, policy, world.clock.now());
    if (change) change.done(await this.notify('a state that needs a person', (notices, abort) => notices.held(change, view, abort), signal));
  }

  /** Register and reports as of now. What cannot be read is said, and holds. */
  private async read(signal: AbortSignal): Promise<View> {
    const [register, reports] = await Promise.all([this.readRegister(signal), this.readReports(signal)]);
    const routes: RoutesSight = { kind: 'not known', reason: 'it is the turn of another voter to look' };
    const unread: RegisterSight | undefined = typeof reports === 'string' ? { kind: 'unreadable', reason: `reports: ${reports}` } : undefined;
    return { self: this.controller.self.region, register: unread ?? register, reports: typeof reports === 'string' ? [] : reports, routes, lag: {} };
  }

  /** Everything that a decision is made from. */
  private async look(seen: View, signal: AbortSignal): Promise<View> {
    const [routes, lag] = await Promise.all([this.routes(seen, signal), this.lagWatch.look(seen, signal)]);
    this.controller.world.log.debug('looked', { routes, lag });
    return { ...seen, routes, lag };
  }

  private async readRegister(signal: AbortSignal): Promise<RegisterSight> {
    try {
      const known = await this.register.look(signal);
      return this.registerWatch.take(known, this.controller.world.clock.now());
    } catch (error) {
      return { kind: 'unreadable', reason: reasonOf(error) };
    }
  }

  private async readReports(signal: AbortSignal): Promise<readonly SeenReport[] | string> {
    try {
      const { reports, malformed } = await this.observer.read(signal);
      if (malformed.length > 0) this.controller.world.log.warn('reports that nobody understands', { malformed });
      return reports;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** A table that does not answer is no crash: the next tick asks again. */
  private async readOwn(signal: AbortSignal): Promise<void> {
    try {
      await this.observer.readOwn(signal);
    } catch (error) {
      this.controller.world.log.warn('what this observer said last could not be read', { reason: reasonOf(error) });
    }
  }

  private async routes(view: View, signal: AbortSignal): Promise<RoutesSight> {
    return looksAtRoutes(view, this.controller.policy) ? this.routesWatch.look(this.closely, signal) : view.routes;
  }

  /** One voter writes, so that the others need not. */
  private async countDown(view: View, signal: AbortSignal): Promise<void> {
    const { register, self } = view;
    if (register.kind !== 'read' || register.seenForMs < COUNT_DOWN_EVERY_MS) return;
    const { coolDownMs, doubts } = register.state;
    const [first] = freshVoters(view, this.controller.policy);
    if ((coolDownMs === 0 && doubts.length === 0) || first?.observer.region !== self) return;
    try {
      const written = await this.register.countDown(register, register.seenForMs, signal);
      if (written) this.registerWatch.wrote(written, this.controller.world.clock.now());
    } catch (error) {
      this.controller.world.log.warn('the cool-down was not written back', { reason: reasonOf(error) });
    }
  }

  private async notify(what: string, tell: (notices: Notices, signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<boolean> {
    const { notices, clock } = this.controller.world;
    if (!notices) return true;
    try {
      await within(what, clock, NOTICE_MS, (abort) => tell(notices, abort), signal);
      return true;
    } catch (error) {
      this.controller.world.log.warn(`a notice was lost: ${what}`, { reason: reasonOf(error) });
      return false;
    }
  }
}

/** Ticks until `untilMs` from now, or until a later process takes over. Missed ticks are not made up for. */
export async function observe(controller: Controller, untilMs: number, signal: AbortSignal, each: (ticked: Ticked) => void = () => undefined): Promise<void> {
  const { clock } = controller.world;
  const { intervalMs } = controller.policy;
  const ticker = new Ticker(controller);
  const end = clock.now() + untilMs;
  let next = clock.now();
  while (!signal.aborted && clock.now() < end) {
    const ticked = await ticker.tick(signal);
    each(ticked);
    if (ticked.kind === 'superseded') return;
    next = Math.max(next + intervalMs, clock.now());
    await clock.sleep(Math.min(next, end) - clock.now(), signal);
  }
}

/** While something is on its way, or one look was no proof, the routes are looked at in each tick. */
function needsWatching({ reason }: Decision, { register }: View): boolean {
  if (reason === 'routes differ' || reason === 'no register yet') return true;
  return register.kind === 'read' && (register.state.doubts.length > 0 || register.state.act.state === 'unknown' || register.state.act.state === 'open');
}

function isAct(decision: Decision): decision is ActDecision {
  return decision.action !== 'hold' && decision.action !== 'alarm';
}
