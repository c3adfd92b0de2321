/**
 * What the controller's construct (`lib`) and the code that runs later (`runtime`) agree on. Like `contract.ts` it imports
 * nothing, and both sides import it.
 */

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
  /**
   * How far the target may have been behind, a minute at least; with it, a lag that is not known holds. It is told from heartbeats, and counted up to
   * when a majority has said that it saw nothing but failures, and so includes up to a minute and three intervals that nothing was behind. Absent: any.
   */
  readonly maxDataLossMs?: number;
  /** Whether answers that come late count as failed. */
  readonly actOnSlow?: boolean;
  /** While one of them is in ALARM nothing automatic moves traffic. They never cause a failover, and one that cannot be read holds nothing. */
  readonly vetoAlarms?: readonly VetoAlarm[];
}

/** An alarm of CloudWatch. */
export interface VetoAlarm {
  readonly region: string;
  readonly name: string;
}

export type Failback = { readonly kind: 'manual' } | { readonly kind: 'when drained'; readonly forMs: number };

/** Settings with every default filled in. */
export interface CompletePolicy extends Required<Omit<PolicySettings, 'maxDataLossMs'>> {
  readonly maxDataLossMs?: number;
}

/** From an accepted change to moved traffic (Amazon S3 user guide: about two minutes). */
export const PROPAGATION_MS = 120_000;
/** From a decision to accepted routes; an act that took longer is over. */
export const ACT_DEADLINE_MS = 30_000;
const LEAST_INTERVAL_MS = 2_000;
/** Longer settings are a mistake of units. */
const MOST_MS = 7 * 24 * 3_600_000;
const CONTROL_REGIONS = 3;

/** A report is of use for so long: a voter that missed three ticks is not counted as living. */
export function freshForMs({ intervalMs, probeTimeoutMs }: Pick<CompletePolicy, 'intervalMs' | 'probeTimeoutMs'>): number {
  return 3 * intervalMs + probeTimeoutMs;
}

export function withDefaults(settings: PolicySettings): CompletePolicy {
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
    vetoAlarms: [...(settings.vetoAlarms ?? [])],
  };
}

/** How a broken rule names a setting and says a time. */
export interface SettingWords {
  name(setting: keyof PolicySettings): string;
  time(ms: number): string;
}

/** As the settings are named here, in milliseconds. */
const OWN_WORDS: SettingWords = { name: (setting) => `'${setting}'`, time: String };

/** Each rule that the settings break, in the words of whoever set them. */
export function policyFaults(policy: CompletePolicy, words: SettingWords = OWN_WORDS): string[] {
  const faults: string[] = [];
  const { order, voters, intervalMs, probeTimeoutMs, quorum, unhealthyForMs, disputedForMs, coolDownMs, staggerMs, failback, maxDataLossMs, vetoAlarms } = policy;
  const { name, time } = words;
  const times = { intervalMs, probeTimeoutMs, unhealthyForMs, disputedForMs, coolDownMs, staggerMs, ...(failback.kind === 'when drained' && { failback: failback.forMs }) };
  for (const [setting, value] of Object.entries(times)) {
    if (!Number.isFinite(value) || value <= 0 || value > MOST_MS) faults.push(`${name(setting as keyof typeof times)} must be more than 0 and at most 7 days, got ${time(value)}`);
  }
  if (maxDataLossMs !== undefined && !(maxDataLossMs >= HEARTBEAT_EVERY_MS && maxDataLossMs <= MOST_MS))
    faults.push(`${name('maxDataLossMs')} must be from ${time(HEARTBEAT_EVERY_MS)}, the time between two heartbeats, to 7 days, got ${time(maxDataLossMs)}; nobody can tell a shorter lag`);
  faults.push(...regionFaults(name('order'), order), ...regionFaults(name('voters'), voters));
  if (order.length < 2) faults.push(`${name('order')} needs at least 2 Regions, got ${order.length}; add the Region that should take over`);
  if (voters.length !== CONTROL_REGIONS) faults.push(`${name('voters')} must be ${CONTROL_REGIONS} control Regions, got ${voters.length}`);
  if (intervalMs < LEAST_INTERVAL_MS) faults.push(`${name('intervalMs')} must be at least ${time(LEAST_INTERVAL_MS)}, got ${time(intervalMs)}`);
  if (probeTimeoutMs >= intervalMs) faults.push(`${name('probeTimeoutMs')} must be under ${name('intervalMs')} (${time(intervalMs)}), got ${time(probeTimeoutMs)}; a probe must end before the next begins`);
  if (!Number.isInteger(quorum.k) || !Number.isInteger(quorum.n) || quorum.k < 1 || quorum.k > quorum.n || quorum.n > 20)
    faults.push(`${name('quorum')} must be whole numbers with 1 <= k <= n <= 20, got k ${quorum.k} and n ${quorum.n}`);
  const least = freshForMs(policy);
  if (unhealthyForMs < least) faults.push(`${name('unhealthyForMs')} must be at least 3 intervals and a probe (${time(least)}), got ${time(unhealthyForMs)}; shorter ones act on a blip`);
  if (quorum.k > 1 && unhealthyForMs < (quorum.k - 1) * intervalMs)
    faults.push(`${name('unhealthyForMs')} must hold the ${quorum.k} failed probes of ${name('quorum')} (${time((quorum.k - 1) * intervalMs)}), got ${time(unhealthyForMs)}; lower ${name('quorum')}`);
  if (disputedForMs < unhealthyForMs) faults.push(`${name('disputedForMs')} must be at least ${name('unhealthyForMs')} (${time(unhealthyForMs)}), got ${time(disputedForMs)}; a dispute asks for more patience, not less`);
  const settle = PROPAGATION_MS + staggerMs + ACT_DEADLINE_MS;
  if (coolDownMs < settle) faults.push(`${name('coolDownMs')} must be at least propagation, ${name('staggerMs')} and the act's deadline together (${time(settle)}), got ${time(coolDownMs)}; a second act would not see what the first one did`);
  faults.push(...vetoFaults(name('vetoAlarms'), vetoAlarms));
  return faults;
}

/** Each is asked right before an act. */
const MOST_VETOES = 10;

function vetoFaults(name: string, alarms: readonly VetoAlarm[]): string[] {
  const faults = alarms.length > MOST_VETOES ? [`${name} may be at most ${MOST_VETOES}, got ${alarms.length}; put them together in a composite alarm`] : [];
  for (const alarm of alarms) {
    if (!REGION_NAME.test(alarm.region)) faults.push(`${name} must name Regions, got '${alarm.region}'`);
    if (alarm.name.length === 0 || alarm.name.length > 255) faults.push(`${name} must be named with 1 to 255 characters, got ${alarm.name.length}`);
  }
  const names = alarms.map((alarm) => `${alarm.name} in ${alarm.region}`);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  return twice === undefined ? faults : [...faults, `${name} may name an alarm only once, got '${twice}' twice`];
}

/** As AWS names Regions; such names also go into keys of the table. */
export const REGION_NAME = /^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/;

function regionFaults(name: string, regions: readonly string[]): string[] {
  const faults = regions.filter((region) => !REGION_NAME.test(region)).map((region) => `${name} must hold names of Regions, got '${region}'`);
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  return twice === undefined ? faults : [...faults, `${name} may name a Region only once, got '${twice}' twice`];
}

/** Regions whose replicas of a table can be strongly consistent with each other: all three control Regions are of one set (DynamoDB developer guide, multi-Region strong consistency). */
export const CONTROL_REGION_SETS = [
  ['us-east-1', 'us-east-2', 'us-west-2'],
  ['eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1'],
  ['ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3'],
] as const;

/** Environment variable of an observer's function: `ObserverSettings` as JSON. */
export const OBSERVER_SETTINGS = 'S3_FAILOVER_OBSERVER';

/** One run of an observer's function. It is begun once a minute, so that runs overlap: a schedule may start late, or skip. */
export const OBSERVER_RUN_MS = 115_000;

/** Time-out of the function: an act that begins in the last tick must be able to end, or a neighbour has to finish it. */
export const OBSERVER_TIMEOUT_SECONDS = 160;

/** Each data Region's own observer writes a heartbeat so often, at the tick that comes next. */
export const HEARTBEAT_EVERY_MS = 60_000;

/** Keys of heartbeats in the data buckets; the prefix that a replication rule covers stands before it, the writer's Region after it. */
export const HEARTBEAT_PREFIX = '.s3-failover/heartbeat/';

/** Namespace of the controller's metrics; each has the dimension `Controller`, the construct's prefix. */
export const METRICS_NAMESPACE = 'S3Failover';

/** What voters publish in their own Region. Those of one Region each have the dimension `Region` as well, `DecisionHeld` has `Reason`. */
export const Metric = {
  /** 1 for a Region that should be active by the register, else 0. */
  ACTIVE_REGION: 'ActiveRegion',
  /** 1 for a Region that a majority of voters finds well, else 0. */
  REGION_HEALTH: 'RegionHealth',
  /** How far a Region is behind the active one, by the heartbeats. */
  REPLICATION_LAG: 'ReplicationLagSeconds',
  /** 1 for each failover or failback that was carried out; each voter counts those that it made or saw. */
  FAILOVER_COUNT: 'FailoverCount',
  /** 1 for each decision that held although something is wrong. */
  DECISION_HELD: 'DecisionHeld',
  /** Voters whose reports are fresh. */
  VOTERS_FRESH: 'VotersFresh',
  /** Regions of the order that a majority finds well. */
  HEALTHY_REGIONS: 'HealthyRegions',
  /** 1 while live routes are not as the register says. */
  DRIFT: 'RoutesDrift',
  /** 1 while somebody keeps the controller from acting. */
  BRAKE_ON: 'BrakeOn',
  /** Regions that voters call down and their own observer calls well. */
  DISPUTED: 'DisputedRegions',
  /** Regions whose probes were refused by a policy, a key or a name. */
  MISCONFIGURED: 'MisconfiguredRegions',
} as const;

/** What the controller alarms of: names of sections in docs/runbook.md, and parts of the alarms' names. */
export const Alarm = {
  FAILED_OVER: 'failover-happened',
  NO_HEALTHY_REGION: 'no-healthy-region',
  VOTERS_TOO_FEW: 'voters-too-few',
  LAG: 'lag-beyond-promise',
  DRIFT: 'routes-drift',
  BRAKE_ON: 'brake-left-on',
  DISPUTED: 'region-disputed',
  MISCONFIGURED: 'misconfigured',
} as const;

/** `source` of the events on the default bus of the Region that acted. */
export const EVENT_SOURCE = 'cdk-s3-failover';

/** What the function of one observer is told when it is deployed: nothing that an act needs is looked up elsewhere. */
export interface ObserverSettings {
  /** Prefix of the bucket's names: tells one controller's metrics, events and messages from another's. */
  readonly name: string;
  /** `voter`: looks at every data Region from a control Region. `self`: looks at its own data Region from inside. */
  readonly role: 'voter' | 'self';
  readonly accessPointArn: string;
  /** Name of the table, the same in each control Region (`policy.voters`). */
  readonly table: string;
  readonly policy: PolicySettings;
  /** Region to the buckets of it, every Region of `policy.order`. */
  readonly regions: { readonly [region: string]: { readonly data: string; readonly probe: string } };
  /** Prefix that the replication rules cover; empty for every object. */
  readonly keyPrefix: string;
  /** Where people are told, in the observer's own Region. Absent for a self-observer. */
  readonly topicArn?: string;
}

/** Part of the manifest where the bucket has a controller. */
export interface ManifestController {
  readonly table: string;
  /** Without `order`, which is the manifest's routing. */
  readonly policy: Omit<PolicySettings, 'order'>;
}
