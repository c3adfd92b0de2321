import type { ControlEndpoint } from './endpoint';
import { discards, type EndpointFailure } from './failure';
import type { GoodRow, Survey } from './read';

export interface RosterOptions {
  /** Endpoints of impaired Regions: never submitted to, and what they say does not decide. */
  readonly avoid?: readonly string[];
  /** Endpoints submitted to only when each other that lives has failed, such as the Region that traffic leaves. */
  readonly lastResort?: readonly string[];
}

/** After those that have not failed yet, and before those that have: more tries than a few help nobody who waits. */
const LAST_RESORT = 0.5;

/** Which endpoints one act may still use, and which of them first. */
export class Roster {
  private readonly discarded = new Map<string, EndpointFailure>();
  private readonly faults = new Map<string, number>();

  constructor(
    private readonly endpoints: readonly ControlEndpoint[],
    private readonly options: RosterOptions,
  ) {}

  /** Endpoints that have not turned this caller away. */
  get usable(): readonly ControlEndpoint[] {
    return this.endpoints.filter((endpoint) => !this.discarded.has(endpoint.region));
  }

  get refusals(): readonly EndpointFailure[] {
    return [...this.discarded.values()];
  }

  /** Waiting helps nobody when each endpoint that may be submitted to has turned this caller away. */
  get exhausted(): boolean {
    return this.usable.every((endpoint) => this.avoids(endpoint.region));
  }

  avoids(endpoint: string): boolean {
    return this.options.avoid?.includes(endpoint) ?? false;
  }

  discard(failures: readonly EndpointFailure[]): void {
    for (const failure of failures) if (discards(failure.kind)) this.discarded.set(failure.endpoint, failure);
  }

  countFault(endpoint: string): void {
    this.faults.set(endpoint, (this.faults.get(endpoint) ?? 0) + 1);
  }

  /** Good answers that count: an impaired Region's own endpoint may tell the past. */
  trusted(survey: Survey): readonly GoodRow[] {
    return survey.good.filter((row) => !this.avoids(row.endpoint));
  }

  /** The liveliest endpoint that may be submitted to; one that failed before only after those that did not. */
  choose(survey: Survey): ControlEndpoint | undefined {
    const [best] = survey.good
      .filter((row) => !this.avoids(row.endpoint) && !this.discarded.has(row.endpoint))
      .sort((a, b) => this.rank(a.endpoint) - this.rank(b.endpoint) || a.latencyMs - b.latencyMs);
    return best && this.endpoints.find((endpoint) => endpoint.region === best.endpoint);
  }

  /** Whether nothing speaks against submitting to an endpoint, so that slower ones need not be waited for. */
  prefers(endpoint: string): boolean {
    return !this.avoids(endpoint) && this.rank(endpoint) === 0;
  }

  private rank(endpoint: string): number {
    return (this.options.lastResort?.includes(endpoint) ? LAST_RESORT : 0) + (this.faults.get(endpoint) ?? 0);
  }
}
