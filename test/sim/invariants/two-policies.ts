import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { begins } from './a-veto-holds';
import type { Invariant } from './invariant';

/** From the reading of the reports to the claim: alarms, a survey of the routes, and the write. */
const READ_AND_CLAIMED_MS = 15_000;

/**
 * While voters of two policies are heard, as in the midst of a deployment, nothing begins to move traffic. Judged where a voter of the other
 * one had reported for long enough to be seen alive, and in a format that whoever claims understands.
 */
export class TwoPoliciesDecideNothing implements Invariant {
  readonly name = 'two policies decide nothing together';
  readonly judges = ['decided', 'register written'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'decided' && fact.action === 'hold: mixed policies') this.occurrences++;
    if (fact.kind !== 'register written' || fact.by.kind !== 'controller') return;
    const { before, after, by, at } = fact;
    if (!begins(before, after) || by.frozenMs > 0) return;
    if (by.version === 'now' && world.plan.next?.writes === 'version 2') return;
    const { intervalMs } = world.plan.settings;
    for (const [voter, { version, since, at: last }] of world.voices) {
      if (voter === by.region || version === by.version) continue;
      if (at - last > 2 * intervalMs || since > at - 4 * intervalMs - READ_AND_CLAIMED_MS) continue;
      world.violate(this.name, `${by.name} begins a ${after.act} to ${after.intent.join('+')}, and the voter in ${voter} follows another policy`);
    }
  }
}
