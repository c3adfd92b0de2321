import { createHash } from 'node:crypto';

/** What a user may set. Times in milliseconds; whatever is left out has a safe default. */
export interface PolicySettings {
  /** Regions in the order in which they take over; the first is preferred. */
  readonly order: readonly string[];
  /** The three control Regions, in the order in which their voters act. */
  readonly voters: readonly string[];
  /** Between two looks of one observer; 2 s at least. */
  readonly intervalMs?: number;
  /** A probe without an answer for so long is a failed one. */
  readonly probeTimeoutMs?: number;
  /** Of the last `n` probes of one observer, `k` must have failed before it calls a Region down. */
  readonly quorum?: { readonly k: number; readonly n: number };
  /** A majority of voters must have called a Region down for so long. Short ones also react to blips. */
  readonly unhealthyForMs?: number;
  /** The same, for a Region whose own observer says that it is well. */
  readonly disputedForMs?: number;
  /** After an act nothing automatic moves traffic for so long. */
  readonly coolDownMs?: number;
  /** What a voter waits for each living one before it in the order. */
  readonly staggerMs?: number;
  readonly failback?: Failback;
  /** How far the target may have been behind; with it, a lag that is not known holds. Absent: any. */
  readonly maxDataLossMs?: number;
  /** Whether answers that come late count as failed. */
  readonly actOnSlow?: boolean;
}

export type Failback = { readonly kind: 'manual' } | { readonly kind: 'when drained'; readonly forMs: number };

export interface Policy extends Required<Omit<PolicySettings, 'maxDataLossMs'>> {
  readonly maxDataLossMs?: number;
  /** Equal for equal settings: voters of two policies do not vote together. */
  readonly hash: string;
}

/** From an accepted change to moved traffic (Amazon S3 user guide: about two minutes). */
export const PROPAGATION_MS = 120_000;
/** From a decision to accepted routes; an act that took longer is over. */
export const ACT_DEADLINE_MS = 30_000;
const LEAST_INTERVAL_MS = 2_000;
/** Longer settings are a mistake of units. */
const MOST_MS = 7 * 24 * 3_600_000;
const CONTROL_REGIONS = 3;

export function policyOf(settings: PolicySettings): Policy {
  const policy = withDefaults(settings);
  const [fault] = policyFaults(policy);
  if (fault !== undefined) throw new RangeError(fault);
  return { ...policy, hash: hashOf(policy) };
}

/** A report is of use for so long: a voter that missed three ticks is not counted as living. */
export function freshForMs({ intervalMs, probeTimeoutMs }: Pick<Policy, 'intervalMs' | 'probeTimeoutMs'>): number {
  return 3 * intervalMs + probeTimeoutMs;
}

export function majorityOf({ voters }: Pick<Policy, 'voters'>): number {
  return Math.floor(voters.length / 2) + 1;
}

type Unhashed = Omit<Policy, 'hash'>;

function withDefaults(settings: PolicySettings): Unhashed {
  const intervalMs = settings.intervalMs ?? 10_000;
  const probeTimeoutMs = settings.probeTimeoutMs ?? intervalMs / 2;
  return {
    order: [...settings.order],
    voters: [...settings.voters],
    intervalMs,
    probeTimeoutMs,
    quorum: settings.quorum ?? { k: 2, n: 3 },
    unhealthyForMs: settings.unhealthyForMs ?? 6 * intervalMs,
    disputedForMs: settings.disputedForMs ?? Math.max(600_000, settings.unhealthyForMs ?? 0),
    coolDownMs: settings.coolDownMs ?? 1_800_000,
    staggerMs: settings.staggerMs ?? intervalMs + probeTimeoutMs,
    failback: settings.failback ?? { kind: 'manual' },
    ...(settings.maxDataLossMs !== undefined && { maxDataLossMs: settings.maxDataLossMs }),
    actOnSlow: settings.actOnSlow ?? false,
  };
}

/** Each rule that the settings break. */
export function policyFaults(policy: Unhashed): string[] {
  const faults: string[] = [];
  const { order, voters, intervalMs, probeTimeoutMs, quorum, unhealthyForMs, disputedForMs, coolDownMs, staggerMs, failback, maxDataLossMs } = policy;
  const times = { intervalMs, probeTimeoutMs, unhealthyForMs, disputedForMs, coolDownMs, staggerMs, ...(failback.kind === 'when drained' && { failback: failback.forMs }) };
  for (const [name, value] of Object.entries(times)) {
    if (!Number.isFinite(value) || value <= 0 || value > MOST_MS) faults.push(`'${name}' must be more than 0 and at most 7 days, got ${value} ms`);
  }
  if (maxDataLossMs !== undefined && !(maxDataLossMs >= 0 && maxDataLossMs <= MOST_MS)) faults.push(`'maxDataLossMs' must be from 0 to 7 days, got ${maxDataLossMs} ms`);
  faults.push(...regionFaults('order', order), ...regionFaults('voters', voters));
  if (order.length < 2) faults.push(`'order' needs at least 2 Regions, got ${order.length}; add the Region that should take over`);
  if (voters.length !== CONTROL_REGIONS) faults.push(`'voters' must be ${CONTROL_REGIONS} control Regions, got ${voters.length}`);
  if (intervalMs < LEAST_INTERVAL_MS) faults.push(`'intervalMs' must be at least ${LEAST_INTERVAL_MS}, got ${intervalMs}`);
  if (probeTimeoutMs >= intervalMs) faults.push(`'probeTimeoutMs' must be under 'intervalMs' (${intervalMs}), got ${probeTimeoutMs}; a probe must end before the next begins`);
  if (!Number.isInteger(quorum.k) || !Number.isInteger(quorum.n) || quorum.k < 1 || quorum.k > quorum.n || quorum.n > 20)
    faults.push(`'quorum' must be whole numbers with 1 <= k <= n <= 20, got k ${quorum.k} and n ${quorum.n}`);
  const least = freshForMs(policy);
  if (unhealthyForMs < least) faults.push(`'unhealthyForMs' must be at least 3 intervals and a probe (${least}), got ${unhealthyForMs}; shorter ones act on a blip`);
  if (quorum.k > 1 && unhealthyForMs < (quorum.k - 1) * intervalMs)
    faults.push(`'unhealthyForMs' must hold the ${quorum.k} failed probes of 'quorum' (${(quorum.k - 1) * intervalMs}), got ${unhealthyForMs}; lower 'quorum'`);
  if (disputedForMs < unhealthyForMs) faults.push(`'disputedForMs' must be at least 'unhealthyForMs' (${unhealthyForMs}), got ${disputedForMs}; a dispute asks for more patience, not less`);
  const settle = PROPAGATION_MS + staggerMs + ACT_DEADLINE_MS;
  if (coolDownMs < settle) faults.push(`'coolDownMs' must be at least propagation, 'staggerMs' and the act's deadline together (${settle}), got ${coolDownMs}; a second act would not see what the first one did`);
  return faults;
}

/** As AWS names Regions; such names also go into keys of the table. */
export const REGION_NAME = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

function regionFaults(name: string, regions: readonly string[]): string[] {
  const faults = regions.filter((region) => !REGION_NAME.test(region)).map((region) => `'${name}' must hold names of Regions, got '${region}'`);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  return twice === undefined ? faults : [...faults, `'${name}' may name a Region only once, got '${twice}' twice`];
}

function hashOf(policy: Unhashed): string {
  return createHash('sha256').update(canonical(policy)).digest('hex').slice(0, 16);
}

/** Text that does not depend on the order in which properties were set. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
