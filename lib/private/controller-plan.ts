import { type Duration, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { FailoverControllerProps } from '../failover-controller';
import type { MultiRegionBucket } from '../multi-region-bucket';
import { chooseControlRegions, tableRegionOf, validateControlRegions } from './control-regions';
import { type CompletePolicy, type ObserverSettings, policyFaults, type PolicySettings, type SettingWords, withDefaults } from './controller-contract';
import { invalid } from './errors';
import { bucketName, shortHash } from './identity';

/** A process decides after its third look and is followed after a minute: with looks further apart, a dead Region was left late or never (simulated). */
const MOST_INTERVAL_MS = 20_000;

/** What a controller will be: all choices made and checked, nothing made yet. */
export interface ControllerPlan {
  /** The bucket's prefix: what its observers, metrics and messages are told apart by. */
  readonly name: string;
  readonly table: string;
  /** Where the table is declared; the other control Regions hold its replicas. */
  readonly tableRegion: string;
  /** As the user gave them, for what they leave out has the same default everywhere. */
  readonly settings: PolicySettings;
  readonly policy: CompletePolicy;
  readonly keyPrefix: string;
  /** Region to buckets, every Region of the order. */
  readonly regions: { readonly [region: string]: { readonly data: string; readonly probe: string } };
}

/** Longest bucket name that S3 takes. */
const MAX_BUCKET_NAME = 63;
/** All environment variables of a function together (AWS Lambda developer guide, quotas), less the variable's name. */
const MAX_ENVIRONMENT = 4096 - 64;
const SAMPLE_ACCOUNT = '0'.repeat(12);
/** As long as the longest that S3 and SNS answer with. */
const SAMPLE_ARNS = { accessPointArn: 'x'.repeat(80), topicArn: 'x'.repeat(150) };

/** In the words of the construct's properties. */
const USER_WORDS: SettingWords = {
  name: (setting) => NAMES[setting],
  time: (ms) => (Math.abs(ms) >= 1000 ? `${ms / 1000} s` : `${ms} ms`),
};

const NAMES: { readonly [setting in keyof Required<PolicySettings>]: string } = {
  order: `'routing' of the bucket`,
  voters: `'controlRegions'`,
  intervalMs: `'interval'`,
  probeTimeoutMs: `'probeTimeout'`,
  quorum: 'the quorum',
  unhealthyForMs: `'unhealthyFor'`,
  disputedForMs: `'disputedFor'`,
  coolDownMs: `'coolDown'`,
  staggerMs: 'the stagger',
  failback: `'failback'`,
  maxDataLossMs: `'maxDataLoss'`,
  actOnSlow: `'actOnSlow'`,
  vetoAlarms: `'vetoAlarms'`,
};

/** Checks every setting and computes every name. */
export function planController(scope: IConstruct, bucket: MultiRegionBucket, props: FailoverControllerProps): ControllerPlan {
  const order = bucket.routes.routing._order;
  if (props.controlRegions) validateControlRegions(scope, props.controlRegions);
  const voters = props.controlRegions ?? chooseControlRegions(bucket.regions, order);
  const settings = settingsOf(scope, order, voters, props);
  const policy = withDefaults(settings);
  const [fault] = policyFaults(policy, USER_WORDS);
  if (fault !== undefined) throw invalid(scope, fault);
  if (policy.intervalMs > MOST_INTERVAL_MS) {
    throw invalid(scope, `'interval' must be at most ${MOST_INTERVAL_MS / 1_000} s, got ${policy.intervalMs / 1_000} s; a run of an observer ends before looks so far apart decide anything, and a slower controller is one with a longer 'unhealthyFor'`);
  }
  const { account } = Stack.of(scope);
  const plan: ControllerPlan = {
    name: bucket.bucketNamePrefix,
    table: tableNameOf(bucket.bucketNamePrefix),
    tableRegion: tableRegionOf(voters),
    settings,
    policy,
    keyPrefix: bucket.replication._keyPrefix,
    regions: regionsOf(bucket, order, account),
  };
  validateSize(scope, bucket, plan);
  return plan;
}

/** Name of the table, from the bucket's prefix: the same in each control Region. */
export function tableNameOf(prefix: string): string {
  return `${prefix}-controller`;
}

/** What the function of one observer is told. */
export function observerSettings(plan: ControllerPlan, role: ObserverSettings['role'], accessPointArn: string, topicArn?: string): ObserverSettings {
  const { name, table, settings: policy, regions, keyPrefix } = plan;
  return { name, role, accessPointArn, table, policy, regions, keyPrefix, ...(topicArn !== undefined && { topicArn }) };
}

function settingsOf(scope: IConstruct, order: readonly string[], voters: readonly string[], props: FailoverControllerProps): PolicySettings {
  const milliseconds = (property: string, duration: Duration) => millisecondsOf(scope, property, duration);
  const given = (property: string, duration?: Duration) => (duration === undefined ? undefined : milliseconds(property, duration));
  const { vetoAlarms = [] } = props;
  const all: PolicySettings = {
    order: [...order],
    voters: [...voters],
    intervalMs: given('interval', props.interval),
    probeTimeoutMs: given('probeTimeout', props.probeTimeout),
    unhealthyForMs: given('unhealthyFor', props.unhealthyFor),
    disputedForMs: given('disputedFor', props.disputedFor),
    coolDownMs: given('coolDown', props.coolDown),
    failback: props.failback?._setting(milliseconds),
    maxDataLossMs: given('maxDataLoss', props.maxDataLoss),
    actOnSlow: props.actOnSlow,
    vetoAlarms: vetoAlarms.length === 0 ? undefined : vetoAlarms.map((alarm) => alarm._setting(scope)),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as PolicySettings;
}

function millisecondsOf(scope: IConstruct, property: string, duration: Duration): number {
  if (duration.isUnresolved()) throw invalid(scope, `'${property}' must be known at synthesis, got a token; write it out, as in Duration.seconds(10)`);
  return duration.toMilliseconds();
}

function regionsOf(bucket: MultiRegionBucket, order: readonly string[], account: string): ControllerPlan['regions'] {
  return Object.fromEntries(order.map((region) => [region, {
    data: bucketName(bucket.bucketNamePrefix, account, region, bucket._namespace),
    probe: bucketName(probePrefix(bucket, region), account, region, bucket._namespace),
  }]));
}

/** Beginning of a probe bucket's name: that of the data buckets, shortened where no room is left for more. */
function probePrefix(bucket: MultiRegionBucket, region: string): string {
  const prefix = bucket.bucketNamePrefix;
  const room = MAX_BUCKET_NAME - bucketName('', SAMPLE_ACCOUNT, region, bucket._namespace).length;
  const full = `${prefix}-probe`;
  if (full.length <= room) return full;
  const end = `-${shortHash(prefix)}-probe`;
  return `${prefix.slice(0, room - end.length).replace(/-+$/, '')}${end}`;
}

/** Bucket names are the most of what a function is told, and there may be 34 of them. */
function validateSize(scope: IConstruct, bucket: MultiRegionBucket, plan: ControllerPlan): void {
  const sample = { ...plan, regions: regionsOf(bucket, plan.policy.order, SAMPLE_ACCOUNT) };
  const settings = JSON.stringify(observerSettings(sample, 'voter', SAMPLE_ARNS.accessPointArn, SAMPLE_ARNS.topicArn));
  const bytes = Buffer.byteLength(settings);
  if (bytes > MAX_ENVIRONMENT) {
    throw invalid(scope, `what each observer is told may have ${MAX_ENVIRONMENT} bytes, as a function's environment has no more, got ${bytes}; shorten 'bucketNamePrefix' or 'replication.prefix' of the bucket, or its 'routing', or name fewer 'vetoAlarms'`);
  }
}
