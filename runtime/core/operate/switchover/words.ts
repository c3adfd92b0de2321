import type { FenceReport, SwitchoverRequest, SwitchoverWorld } from './world';

/** What ended an act before its end. */
export function stopReason({ clock }: SwitchoverWorld, limits: SwitchoverRequest['limits']): string {
  return clock.now() >= limits.deadline ? 'the time was up' : 'it was interrupted';
}

/** What to type about fences that are still up. */
export function fenceNext(fences: readonly FenceReport[]): string[] {
  return fences.filter(({ state }) => state === 'lapses').map(({ region }) => `s3-failover fence lift ${region}`);
}

/** What became of the fences, for the end of a sentence; empty without any. */
export function fenceWords(fences: readonly FenceReport[]): string {
  return fences
    .map(({ region, state, lapses }) => {
      if (state === 'lifted') return `; the fence in ${region} is lifted`;
      return state === 'replaced' ? `; in ${region} the fence of another act stands now` : `; the fence in ${region} is still up and lapses by itself at ${lapses}`;
    })
    .join('');
}
