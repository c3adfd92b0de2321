import type { Fact, Told } from '../world/facts';
import type { World } from '../world/world';
import type { Invariant } from './invariant';

/**
 * Whoever compares two Regions is shown every acknowledged write that one in the other Region has overtaken, or that one of them lacks. Judged
 * where an act is on record that left one of the two: a card that nobody has noticed yet leaves no trace of a time to look at.
 */
export class SupersededIsListed implements Invariant {
  readonly name = 'every superseded write is listed by reconcile';
  readonly judges = ['register written', 'person told'] as const;
  occurrences = 0;
  private readonly left = new Set<string>();

  see(fact: Fact, world: World): void {
    if (fact.kind === 'register written' && fact.after.epoch !== fact.before?.epoch) for (const region of fact.before?.intent ?? []) if (!fact.after.intent.includes(region)) this.left.add(region);
    if (fact.kind !== 'person told' || !world.side) return;
    for (const compared of fact.told.compared) if (compared.between.some((region) => this.left.has(region))) this.judge(fact.told, compared, world);
  }

  private judge({ beganAt }: Told, { between, superseded, missing, differing }: Told['compared'][number], world: World): void {
    const { writers, objects } = world.side!;
    for (const { older, newer } of writers.superseded(between)) {
      // What came after it had begun, or was removed from both, it need not have seen.
      if (newer.at >= beganAt || between.every((region) => !objects.has(region, older))) continue;
      this.occurrences++;
      const listed = superseded.has(older.versionId) || missing.has(older.versionId) || missing.has(newer.versionId) || differing.has(older.key);
      if (!listed) world.violate(this.name, `${older.versionId} of '${older.key}' in ${older.region} was overtaken by ${newer.versionId} in ${newer.region}, and a comparison of ${between.join(' and ')} did not list it`);
    }
  }
}
