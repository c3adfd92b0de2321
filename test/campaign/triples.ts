import type { Random } from '../../runtime/core/ports';
import type { CampaignEstate } from './estate';
import type { Ended } from './operator';

/** What goes wrong between two requests of the operator's process. */
export const FAULTS = ['process kill', 'answer lost', 'delivered late', 'endpoint dead', 'Region dead', 'credentials expired', 'second operator'] as const;
export type Fault = (typeof FAULTS)[number];

/** A verb as it is typed, and what it means to do. */
export interface Act {
  readonly name: string;
  readonly args: readonly string[];
  /** Region that should be active alone afterwards; absent for a verb that moves nothing. */
  readonly target?: string;
  /** Words that depend on whose estate it is. */
  readonly more?: (estate: CampaignEstate) => readonly string[];
  /** What it finds, beside an estate that is well. */
  readonly prepare?: (estate: CampaignEstate) => Promise<void>;
  /** What must hold of it alone, beside what must hold of every try. */
  readonly breaches?: (estate: CampaignEstate, ended: Ended) => Promise<readonly string[]>;
}

/** One try: the fault strikes when the n-th request of the verb arrives. */
export interface Triple {
  readonly act: Act;
  readonly point: number;
  readonly fault: Fault;
}

export function nameOf({ act, point, fault }: Triple): string {
  return `${act.name} / request ${point} / ${fault}`;
}

/** Every triple, in an order that the seed decides. `points`: how many requests an undisturbed run of each act makes. */
export function triplesOf(acts: readonly Act[], points: ReadonlyMap<string, number>, random: Random): Triple[] {
  const all = acts.flatMap((act) => Array.from({ length: points.get(act.name)! }, (_, index) => FAULTS.map((fault) => ({ act, point: index + 1, fault }))).flat());
  return shuffled(all, random);
}

/** Some of them, each act and each fault as often as any other. */
export function sampleOf(triples: readonly Triple[], most: number): Triple[] {
  const groups = new Map<string, Triple[]>();
  for (const triple of triples) {
    const name = `${triple.act.name} ${triple.fault}`;
    groups.set(name, [...(groups.get(name) ?? []), triple]);
  }
  const taken: Triple[] = [];
  for (let round = 0; taken.length < Math.min(most, triples.length); round++) {
    for (const group of groups.values()) if (group[round] && taken.length < most) taken.push(group[round]);
  }
  return taken;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  for (let last = rest.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [rest[last], rest[other]] = [rest[other], rest[last]];
  }
  return rest;
}
