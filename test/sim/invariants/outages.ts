import { FOR_GOOD, type Episode } from '../faults/episode';
import { misleads } from '../faults/observed';
import type { Plan } from '../faults/plan';
import { DOWN_STORAGES, type Storage } from '../world/regions';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** What comes later than a probe waits for is a failure, to clients and to observers. */
const DOWN: ReadonlySet<Storage> = new Set<Storage>([...DOWN_STORAGES, 'slow']);

/** With these nothing at all is seen for as long as they last; noise lets some through, and a lie says what it likes. */
const SHUTS: ReadonlySet<Episode['kind']> = new Set(['cut', 'partition', 'blind']);

/** Whether an episode makes a Region fail its probes, or answer too late to count. */
function downs(episode: Episode, region: string): boolean {
  if (episode.kind === 'region dead') return episode.region === region;
  return episode.kind === 'storage' && episode.region === region && DOWN.has(episode.state);
}

function spanOf({ at, forMs }: Episode): Span {
  return { from: at, to: forMs >= FOR_GOOD ? Infinity : at + forMs };
}

/** When a Region truly was down, by the plan, joined where they touch. */
export function outagesOf({ episodes }: Plan, region: string): readonly Span[] {
  const spans = episodes.filter((episode) => downs(episode, region)).map(spanOf).sort((a, b) => a.from - b.from);
  const joined: Span[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.from <= last.to) joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else joined.push(span);
  }
  return joined;
}

/**
 * When the outage began that lasts at a moment, or was over for less than `gapMs`: pauses that are no longer do not end it.
 * Undefined where there is none.
 */
export function outageBegan(plan: Plan, region: string, moment: number, gapMs: number): number | undefined {
  let began: number | undefined;
  let end = moment;
  for (const { from, to } of [...outagesOf(plan, region)].reverse()) {
    if (from > moment) continue;
    if (end - to >= gapMs) break;
    began = from;
    end = from;
  }
  return began;
}

/** Voters that an episode kept from a Region at some time within a span, though they reached another: what they said had weight. */
export function misledWithWeight(plan: Plan, voters: readonly string[], region: string, within: Span): ReadonlySet<string> {
  const misled = new Set<string>();
  for (const voter of voters) {
    const reasons = (of: string) => plan.episodes.filter((episode) => misleads(episode, voter, of));
    for (const { from, to } of reasons(region).map(spanOf)) {
      if (from > within.to || to < within.from) continue;
      const saw = (other: string) => !reasons(other).some((episode) => SHUTS.has(episode.kind) && spanOf(episode).from <= from && spanOf(episode).to >= to);
      if (plan.data.some((other) => other !== region && saw(other))) misled.add(voter);
    }
  }
  return misled;
}
