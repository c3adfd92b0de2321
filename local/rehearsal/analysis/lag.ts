import type { Recording } from './recording';

/** How long acknowledged writes took to be seen in every Region, in milliseconds. */
export interface Lag {
  readonly median: number;
  readonly longest: number;
}

/** Undefined where no write was seen everywhere. Listings come about once a second, so a lag is known to that. */
export function replicationLag(recording: Recording): Lag | undefined {
  const lags = recording.writes.flatMap((write) => {
    if (write.outcome !== 'acknowledged') return [];
    const seen = recording.regions.map((region) => recording.firstSeen.get(region)?.get(write.id));
    return seen.some((at) => at === undefined) ? [] : [Math.max(0, ...seen.map((at) => at! - write.endedAt))];
  }).sort((a, b) => a - b);
  if (lags.length === 0) return undefined;
  return { median: lags[Math.floor((lags.length - 1) / 2)], longest: lags[lags.length - 1] };
}
