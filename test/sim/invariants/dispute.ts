import type { Episode } from '../faults/episode';
import type { Fact } from '../world/facts';
import type { World } from '../world/world';
import { isFailback } from './failback';
import type { Invariant } from './invariant';

const SLACK_MS = 3_000;

/**
 * A Region that is well and only out of the voters' reach is kept for `disputedFor`. Judged where nothing but cuts between voters
 * and Regions has gone wrong, so that its own observer is heard.
 */
export class DisputeIsWaitedOut implements Invariant {
  readonly name = 'a dispute is waited out';
  readonly judges = ['decided', 'submit left'] as const;
  occurrences = 0;

  see(fact: Fact, world: World): void {
    if (fact.kind === 'decided' && fact.action === 'alarm: disputed') this.occurrences++;
    if (fact.kind !== 'submit left' || fact.submit.by.kind !== 'controller' || isFailback(fact.submit)) return;
    const { claimed, claimedFrom, claimedAt, number, by } = fact.submit;
    const { plan, layout } = world;
    if (!claimed || !claimedFrom || claimedAt === undefined || Object.values(plan.rates).some((rate) => rate > 0)) return;
    const { control } = layout;
    const isSight = (episode: Episode) => episode.kind === 'cut' && !episode.bothWays && control.includes(episode.from) && !control.includes(episode.to);
    if (!plan.episodes.every((episode) => episode.at > claimedAt || isSight(episode))) return;
    const { probeTimeoutMs, disputedForMs } = plan.settings;
    for (const region of claimedFrom.filter((one) => !claimed.includes(one))) {
      if (control.includes(region)) continue;
      // How long each voter has been cut off without a break, the longest first.
      const cutFor = control
        .map((voter) => Math.max(0, ...plan.episodes.map((one) => (one.kind === 'cut' && one.from === voter && one.to === region && one.at <= claimedAt && one.at + one.forMs >= claimedAt - plan.settings.intervalMs ? claimedAt - one.at : 0))))
        .sort((a, b) => b - a);
      const agreed = cutFor[Math.floor(control.length / 2)];
      if (agreed < disputedForMs * 0.999 - probeTimeoutMs - SLACK_MS) world.violate(this.name, `submit ${number} of ${by.name} leaves ${region}, which is well, after ${Math.round(agreed / 1000)} s out of the voters' reach`);
    }
  }
}
