import { activeRegions, type Routes } from '../../routes/routes';

/** What was found when the act was planned, in the order in which it is shown. */
export interface Check {
  readonly name: string;
  /** `bad` keeps the act from beginning unless forced; `doubt` is shown and goes ahead. */
  readonly state: 'good' | 'doubt' | 'bad';
  readonly sentence: string;
  /** What to do about it. */
  readonly fix?: string;
}

/** What an act is going to do, before anybody has agreed to it. */
export interface Plan {
  readonly verb: 'switchover' | 'failover' | 'routes set';
  readonly before: Routes;
  readonly after: Routes;
  /** Regions that traffic leaves. */
  readonly leaves: readonly string[];
  /** Regions that take traffic afterwards. */
  readonly targets: readonly string[];
  readonly checks: readonly Check[];
  /** What the act promises, and what it does not, in sentences: the honest words of each verb. */
  readonly promises: readonly string[];
  /** Seconds in which no write succeeds, as expected; absent where no fence is raised. */
  readonly expectedOutageSeconds?: number;
}

/** Checks that keep the act from beginning. */
export function objections(plan: Plan): readonly Check[] {
  return plan.checks.filter((check) => check.state === 'bad');
}

/** Regions that have traffic when the act begins, by any endpoint's view. */
export function liveBefore({ before, leaves }: Plan): string[] {
  return [...new Set([...activeRegions(before), ...leaves])];
}
