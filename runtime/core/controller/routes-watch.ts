import type { Instant } from '../ports';
import type { Limits } from '../routes/endpoint';
import { READ_TIMES, surveyRoutes } from '../routes/read';
import { activeRegions } from '../routes/routes';
import { sameRegions } from './regions';
import type { RoutesReport } from './report';
import type { RoutesSight } from './view';
import type { ControllerWorld } from './world';

const EVERY_MS = 60_000;
const SURVEY_MS = 5_000;
/** One endpoint alone may tell the past. */
const WITNESSES = 2;

/** What one process knows of the live routes. Looks once a minute, or at each tick while something is to be watched. */
export class RoutesWatch {
  private lookedAt?: Instant;
  private before?: readonly string[];
  private last?: RoutesReport;

  constructor(private readonly world: Pick<ControllerWorld, 'clock' | 'endpoints' | 'accessPoint'>) {}

  /** For the report. Absent: this process did not look, or the endpoints disagree. */
  get found(): RoutesReport | undefined {
    return this.last;
  }

  async look(closely: boolean, signal: AbortSignal): Promise<RoutesSight> {
    const { clock } = this.world;
    const now = clock.now();
    if (!closely && this.lookedAt !== undefined && now - this.lookedAt < EVERY_MS) return { kind: 'not known', reason: 'they were looked at a short while ago' };
    this.lookedAt = now;
    const limits: Limits = { deadline: now + SURVEY_MS, signal };
    const survey = await surveyRoutes(this.world, this.world.accessPoint, limits, READ_TIMES);
    const [view, ...others] = survey.views;
    if (!view || others.length > 0) {
      this.before = undefined;
      this.last = view ? undefined : { kind: 'not seen' };
      return { kind: 'not known', reason: view ? `the endpoints disagree: ${survey.sentence}` : survey.sentence };
    }
    const active = activeRegions(view.routes);
    const witnessed = view.endpoints.length >= WITNESSES;
    const confirmed = witnessed && this.before !== undefined && sameRegions(this.before, active);
    this.before = witnessed ? active : undefined;
    this.last = witnessed ? { kind: 'seen', active } : { kind: 'not seen' };
    return { kind: 'seen', active, confirmed };
  }
}
