import { within } from '../../calls/side-by-side';
import { decide, type Decision } from '../../controller/decide';
import { freshForMs, type Policy } from '../../controller/policy';
import { parseRegister, REGISTER, type RegisterState } from '../../controller/register-state';
import { reportKey, REPORTS, Sightings, type Observer, type SeenReport } from '../../controller/report';
import type { RegisterSight, RoutesSight, View } from '../../controller/view';
import type { Clock } from '../../ports';
import type { Survey } from '../../routes/read';
import { activeRegions } from '../../routes/routes';
import type { ControllerPort } from '../controller';
import type { WallClock } from '../ports';

/** What one observer's last report says, and whether it was seen to report. */
export interface ObserverStatus extends Observer {
  /** `moving`: it was seen to report. `still`: its last report stands, and no newer one was seen. `none`: it never reported. */
  readonly reports: 'moving' | 'still' | 'none';
  /** Reader's own time since it was seen to report; absent unless it was. */
  readonly ageMs?: number;
  /** Whether it follows the policy of the manifest. */
  readonly policy?: 'as in the manifest' | 'another';
  readonly code?: string;
  /** Regions that it does not find well, in words. */
  readonly says: readonly string[];
}

/** The controller as its table tells it. */
export interface ControllerSight {
  /** Undefined before the first voter's first look. */
  readonly register?: RegisterState;
  readonly observers: readonly ObserverStatus[];
  /** Hashes that voters follow which were heard; more than one holds everything. */
  readonly policies: readonly string[];
  /** For so long were reports watched. */
  readonly lookedMs: number;
  /** What the first voter that is heard would decide by what stands there. */
  readonly decision: Decision;
  /** Reports that were not seen to move, and were taken for fresh all the same. */
  readonly assumed: readonly string[];
  readonly malformed: readonly string[];
}

export interface ControllerWatchWorld {
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly controller: ControllerPort;
}

const CALL_MS = 3_000;
const EVERY_MS = 1_000;

/** Looks at the controller, and remembers between two looks who has reported. */
export class ControllerWatch {
  private readonly sightings = new Sightings();
  private readonly began: number;

  constructor(private readonly world: ControllerWatchWorld) {
    this.began = world.clock.now();
  }

  /** Watches until each voter was seen to report, at most so long. Rejects where the table cannot be read or understood. */
  async look(survey: Survey, patienceMs: number, signal: AbortSignal): Promise<ControllerSight> {
    const { clock, controller: { policy } } = this.world;
    const until = clock.now() + patienceMs;
    for (;;) {
      const { register, revision, malformed } = await this.read(signal);
      const heard = policy.voters.every((region) => this.sightings.of({ role: 'voter', region }, clock.now())?.ageMs !== undefined);
      if (heard || clock.now() + EVERY_MS > until || signal.aborted) return this.sight(survey, register, revision, malformed);
      await clock.sleep(EVERY_MS, signal);
    }
  }

  private async read(signal: AbortSignal) {
    const { clock, controller: { table } } = this.world;
    const asked = clock.now();
    const [stored, reports] = await Promise.all([
      within('the table', clock, CALL_MS, (abort) => table.get(REGISTER, abort), signal),
      within('the table', clock, CALL_MS, (abort) => table.list(REPORTS, abort), signal),
    ]);
    const { malformed } = this.sightings.take(reports, asked);
    return { register: stored && parseRegister(stored.item), revision: stored?.revision ?? 0, malformed };
  }

  private sight(survey: Survey, register: RegisterState | undefined, revision: number, malformed: readonly string[]): ControllerSight {
    const { clock, wall, controller: { policy } } = this.world;
    const now = clock.now();
    const all = this.sightings.all(now);
    const lookedMs = now - this.began;
    // Who reports each few seconds and was watched for one is no silent voter yet.
    const early = lookedMs <= freshForMs(policy);
    const assumed = early ? all.filter(({ ageMs }) => ageMs === undefined) : [];
    const reports = all.map((report): SeenReport => (assumed.includes(report) ? { ...report, ageMs: 0 } : report));
    const view: View = { self: selfOf(reports, policy), register: registerSight(register, revision), reports, routes: routesSight(survey), lag: {} };
    return {
      ...(register && { register }),
      observers: observersOf(all, policy),
      policies: [...new Set(all.filter(({ observer }) => observer.role === 'voter').map((report) => report.policy))],
      lookedMs,
      decision: decide(view, policy, wall.now()),
      assumed: assumed.map(({ observer }) => nameOf(observer)),
      malformed,
    };
  }
}

export function nameOf({ role, region }: Observer): string {
  return role === 'voter' ? region : `${region} (its own)`;
}

/** The first that is heard decides for all. */
function selfOf(reports: readonly SeenReport[], policy: Policy): string {
  const heard = policy.voters.find((region) => reports.some(({ observer, ageMs }) => observer.role === 'voter' && observer.region === region && ageMs !== undefined && ageMs <= freshForMs(policy)));
  return heard ?? policy.voters[0];
}

function registerSight(state: RegisterState | undefined, revision: number): RegisterSight {
  if (!state) return { kind: 'absent' };
  return { kind: 'read', state, revision, coolDownLeftMs: state.coolDownMs, actAgeMs: 0, seenForMs: 0 };
}

function routesSight({ views, sentence }: Survey): RoutesSight {
  const [view, ...others] = views;
  if (!view || others.length > 0) return { kind: 'not known', reason: sentence };
  return { kind: 'seen', active: activeRegions(view.routes), confirmed: view.endpoints.length > 1 };
}

function observersOf(reports: readonly SeenReport[], policy: Policy): ObserverStatus[] {
  const known: Observer[] = [...policy.voters.map((region) => ({ role: 'voter', region }) as const), ...policy.order.map((region) => ({ role: 'self', region }) as const)];
  return known.map((observer): ObserverStatus => {
    const report = reports.find((one) => reportKey(one.observer) === reportKey(observer));
    if (!report) return { ...observer, reports: 'none', says: [] };
    const { ageMs } = report;
    const moving = ageMs !== undefined && ageMs <= freshForMs(policy);
    return { ...observer, reports: moving ? 'moving' : 'still', ...(ageMs !== undefined && { ageMs }), policy: report.policy === policy.hash ? 'as in the manifest' : 'another', code: report.code, says: wordsOf(report) };
  });
}

function wordsOf({ regions }: SeenReport): string[] {
  return Object.entries(regions).flatMap(([region, { result, downForMs, elsewhere, reason }]) => {
    if (result === 'ok' && downForMs === undefined) return [];
    const since = downForMs === undefined ? '' : `, called down for ${Math.round(downForMs / 1_000)} s${elsewhere ? '' : ', without a vote: nothing else was reached'}`;
    return [`${region} ${result}${since}${reason === undefined ? '' : ` (${reason})`}`];
  });
}

