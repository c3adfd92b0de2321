import { freshForMs, majorityOf, type Policy } from './policy';
import type { Role, SeenReport, Sight } from './report';
import type { View } from './view';

/** Voters whose sequence moved a short while ago, one report each. */
export function freshVoters({ reports }: View, policy: Policy): SeenReport[] {
  const voters: SeenReport[] = [];
  for (const region of policy.voters) {
    const report = reportOf(reports, 'voter', region);
    if (report && fresh(report, policy)) voters.push(report);
  }
  return voters;
}

function reportOf(reports: readonly SeenReport[], role: Role, region: string): SeenReport | undefined {
  for (const report of reports) if (report.observer.region === region && report.observer.role === role) return report;
  return undefined;
}

function fresh({ ageMs }: SeenReport, policy: Policy): boolean {
  return ageMs !== undefined && ageMs <= freshForMs(policy);
}

type Vote = Sight & { readonly downForMs: number };

export interface Tally {
  readonly region: string;
  /** Voters that call it down. */
  readonly votes: number;
  /** For how long a majority of all voters has called it down; 0 without one. */
  readonly downForMs: number;
}

export function tally(view: View, policy: Policy, region: string): Tally {
  const spans = votesAgainst(view, policy, region).map(({ downForMs }) => downForMs);
  return { region, votes: spans.length, downForMs: agreed(spans, policy) };
}

/** For how long a majority has seen nothing but failures of a Region: until then it may have told clients that their writes are safe. */
export function unbrokenForMs(view: View, policy: Policy, region: string): number {
  return agreed(votesAgainst(view, policy, region).map((vote) => vote.unbrokenForMs ?? vote.downForMs), policy);
}

/** Only of fresh voters under the same policy that reached something else in the same tick. */
function votesAgainst(view: View, policy: Policy, region: string): Vote[] {
  const votes: Vote[] = [];
  for (const { policy: theirs, regions } of freshVoters(view, policy)) {
    const sight = theirs === policy.hash ? sightOf(regions, region) : undefined;
    if (sight?.downForMs !== undefined && sight.elsewhere) votes.push(sight as Vote);
  }
  return votes;
}

/** The longest time that a majority of all voters says at least. */
function agreed(spans: number[], policy: Policy): number {
  spans.sort((a, b) => b - a);
  return spans[majorityOf(policy) - 1] ?? 0;
}

/** Whether a majority of voters, fresh and under the same policy, finds a Region well at this moment. */
export function isWell(view: View, policy: Policy, region: string): boolean {
  const well = freshVoters(view, policy).filter(({ policy: theirs, regions }) => theirs === policy.hash && saysWell(sightOf(regions, region), policy));
  return well.length >= majorityOf(policy) && selfOf(view, policy, region)?.downForMs === undefined;
}

/**
 * Whether the Region's own observer, from inside, speaks against its being down. One failed look of its own, or one that met a throttle,
 * takes nothing back: it does when it calls the Region down itself. And its word stands until it was watched to say nothing more for as
 * long as a decision needs: what dies with its Region falls silent when that begins, while a run that starts late is silent for a moment
 * and means nothing by it. Who reads for the first time does not know how old a word is, and so lets it stand.
 */
export function selfObjects(view: View, policy: Policy, region: string): boolean {
  const report = reportOf(view.reports, 'self', region);
  if (!report || report.stillForMs > Math.max(freshForMs(policy), policy.unhealthyForMs)) return false;
  const sight = sightOf(report.regions, region);
  return sight !== undefined && sight.downForMs === undefined && sight.result !== 'blind' && sight.result !== 'misconfigured';
}

function selfOf({ reports }: View, policy: Policy, region: string): Sight | undefined {
  const report = reportOf(reports, 'self', region);
  return report && fresh(report, policy) ? sightOf(report.regions, region) : undefined;
}

function saysWell(sight: Sight | undefined, { actOnSlow }: Policy): boolean {
  return sight !== undefined && sight.downForMs === undefined && (sight.result === 'ok' || (sight.result === 'slow' && !actOnSlow));
}

function sightOf(regions: { readonly [region: string]: Sight }, region: string): Sight | undefined {
  return Object.hasOwn(regions, region) ? regions[region] : undefined;
}
