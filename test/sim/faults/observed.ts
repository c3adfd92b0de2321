import { EVERYWHERE, type Episode } from './episode';
import type { Plan } from './plan';

/** Faults of which the estate itself knows nothing: what observers see is sound. */
const HARMLESS = new Set<Episode['kind']>(['lie', 'endpoint', 'other version', 'alarm', 'nobody writes', 'card', 'person']);

/** Whether nothing but lies has gone wrong so far. */
export function onlyLiesBefore(plan: Plan, moment: number): boolean {
  if (plan.rates['probe fails by chance'] > 0) return false;
  return plan.episodes.every((episode) => episode.at > moment || HARMLESS.has(episode.kind));
}

export function liesAt(plan: Plan, moment: number): number {
  return plan.episodes.filter((episode) => episode.kind === 'lie' && episode.at <= moment && moment <= episode.at + episode.forMs).length;
}

/** Voters that may have seen one Region wrongly at some time since `from`, through no fault of the Region. */
export function misledVoters(plan: Plan, voters: readonly string[], region: string, from: number, to: number): ReadonlySet<string> {
  const misled = new Set<string>();
  const touches = (episode: Episode) => episode.at <= to && episode.at + episode.forMs >= from;
  for (const episode of plan.episodes) if (touches(episode)) for (const voter of voters) if (misleads(episode, voter, region)) misled.add(voter);
  return misled;
}

export function misleads(episode: Episode, voter: string, region: string): boolean {
  switch (episode.kind) {
    case 'cut':
      return (episode.from === voter && episode.to === region) || (episode.from === region && episode.to === voter);
    case 'partition':
      return episode.side.includes(voter) !== episode.side.includes(region);
    case 'lie':
    case 'blind':
      return episode.observer === `voter:${voter}`;
    case 'noise':
      return episode.of === EVERYWHERE || episode.of === region || episode.of === `voter:${voter}`;
    default:
      return false;
  }
}

/** Runs of another version go on for so long. */
const OLD_RUN_MS = 120_000;

/** Whether an episode keeps the controller from nothing that it should do: an alarm that cannot be read holds nothing. */
function holdsNothing(episode: Episode): boolean {
  return episode.kind === 'nobody writes' || (episode.kind === 'alarm' && episode.state !== 'in alarm');
}

/** When the last disturbance of a schedule is over, but for Regions that are dead for good. */
export function calmFrom(plan: Plan): number {
  const disturbed = Object.values(plan.rates).some((rate) => rate > 0);
  const ends = plan.episodes.filter((episode) => !holdsNothing(episode)).map(({ kind, at, forMs }) => ((at + forMs < plan.durationMs ? at + forMs : at) + (kind === 'other version' ? OLD_RUN_MS : 0)));
  return Math.max(disturbed ? plan.quietFrom : 0, ...ends);
}
