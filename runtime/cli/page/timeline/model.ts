/** What both pictures draw; seconds count from the start of traffic. */
export interface TimelineModel {
  readonly length: number;
  readonly lanes: readonly Lane[];
  readonly failedWrites: readonly number[];
  /** Acknowledged, but the run ended before it was known by whom. */
  readonly unknownWrites: readonly number[];
  readonly outages: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  readonly missingReads: readonly number[];
  readonly failedReads: readonly number[];
  readonly foundReads: readonly number[];
  readonly events: readonly { readonly at: number; readonly kind: string; readonly text: string; readonly short: string }[];
  readonly mostMissing: number;
}

export interface Lane {
  readonly region: string;
  /** 1, 2, 3...: the colour. */
  readonly hue: number;
  readonly writes: readonly number[];
  readonly active: readonly Span[];
  readonly dead: readonly Span[];
  /** Stretches of samples; the Region did not answer between them. */
  readonly backlog: readonly (readonly { readonly at: number; readonly missing: number }[])[];
  /** Samples that the Region gave no answer to. */
  readonly unanswered: readonly number[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** There are three easily told colours; further Regions share them, told apart by their lanes. */
const HUES = 3;

export function hueOf(lane: number): number {
  return (lane % HUES) + 1;
}

/** Round steps, at most `most` of them. */
export function axisStep(length: number, most: number): number {
  return [1, 2, 5, 10, 20, 30, 60, 120, 300, 600].find((step) => length / step <= most) ?? 1200;
}
