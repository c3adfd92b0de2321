import { CallError } from '../calls/call-error';
import { Explained } from '../calls/explained';
import { retry, type RetryDeps } from '../calls/retry';
import type { Log } from '../ports';
import type { ReplicationConfiguration, ReplicationRule, WantedReplication } from './model';
import { overlaps, planRemoval, planRules, type ReplicationPlan } from './plan';
import { fulfils, isOurs } from './rules';

/** Replication configurations of the buckets of one Region. Calls reject with a CallError. */
export interface ReplicationStore {
  /** Undefined when the bucket has none. */
  read(bucket: string, signal?: AbortSignal): Promise<ReplicationConfiguration | undefined>;
  put(bucket: string, configuration: { readonly Role: string; readonly Rules: readonly ReplicationRule[] }): Promise<void>;
  remove(bucket: string): Promise<void>;
}

export interface ReplicationDeps extends RetryDeps {
  readonly store: ReplicationStore;
  readonly log: Log;
}

/** Milliseconds to wait for a bucket that exists to be seen, and to be seen as versioned, by the Region that replicates. */
const BUCKET_SPREADS = 5 * 60_000;
/** Milliseconds for another change of the same bucket to end. */
const OTHER_CHANGE = 2 * 60_000;
/** Milliseconds for statements and roles that are seconds old to reach S3: IAM is eventually consistent. */
const PERMISSION_SPREADS = 90_000;
/** Milliseconds until what was put is what is read (Terraform's provider met this lag: hashicorp/terraform-provider-aws 30646). */
const READ_BACK = 60_000;
/** Milliseconds that a Delete tries for; a dead Region should not hold a stack for long. */
const DELETE_TRIES = 60_000;

/** Brings a bucket's rules to what is wanted, and returns what was done. */
export async function applyRules(wanted: WantedReplication, deps: ReplicationDeps): Promise<ReplicationPlan['action']> {
  const { store, log } = deps;
  // Each attempt starts from a fresh read: what others add while S3 makes us wait must survive.
  const { plan, existing } = await explaining(wanted, deps, () =>
    retry(deps, patience, async () => {
      const existing = await store.read(wanted.bucket);
      const plan = planRules(existing, wanted);
      if (plan.action === 'refuse') throw new Explained(plan.reason);
      if (plan.action === 'put') await store.put(wanted.bucket, plan.configuration);
      return { plan, existing };
    }),
  );
  for (const overlap of overlaps(existing, wanted)) log.warn(overlap, { bucket: wanted.bucket });
  if (plan.action === 'put') await explaining(wanted, deps, () => readBack(wanted, plan.configuration, deps));
  return plan.action;
}

/** Takes our rules out of a bucket's configuration and leaves the rest. A bucket that is gone has none. */
export async function removeRules(wanted: WantedReplication, deps: ReplicationDeps): Promise<ReplicationPlan['action']> {
  const { store } = deps;
  const deadline = Math.min(deps.deadline, deps.clock.now() + DELETE_TRIES);
  try {
    return await retry({ ...deps, deadline }, patience, async () => {
      const plan = planRemoval(await store.read(wanted.bucket), wanted.rulePrefix);
      if (plan.action === 'put') await store.put(wanted.bucket, plan.configuration);
      if (plan.action === 'remove') await store.remove(wanted.bucket);
      return plan.action;
    });
  } catch (error) {
    if (isGone(error)) return 'leave';
    throw new Explained(
      `the rules '${wanted.rulePrefix}*' of bucket ${wanted.bucket} in ${wanted.region} could not be removed: ${describe(error)}; ` +
        'delete again when that is cured, or delete the stack with this resource retained and remove the rules by hand',
    );
  }
}

async function readBack(
  wanted: WantedReplication,
  configuration: { readonly Role: string; readonly Rules: readonly ReplicationRule[] },
  deps: ReplicationDeps,
): Promise<void> {
  await retry(
    deps,
    (error) => (error instanceof NotReadBack ? READ_BACK : patience(error)),
    async () => {
      const actual = await deps.store.read(wanted.bucket);
      const missing = configuration.Rules.filter(
        (rule) => !actual?.Rules?.some((read) => (rule.ID === undefined || read.ID === rule.ID) && fulfils(read, rule)),
      );
      if (missing.length === 0 && actual?.Role === configuration.Role) return;
      const ours = missing.filter((rule) => isOurs(rule, wanted.rulePrefix));
      throw new NotReadBack(
        `S3 took the replication rules of bucket ${wanted.bucket}, but reads back ` +
          (missing.length === 0 ? `role ${actual?.Role}` : `without ${(ours.length > 0 ? ours : missing).map((rule) => `'${rule.ID}'`).join(', ')}`) +
          '; somebody else may be changing them: deploy again when that has ended',
      );
    },
  );
}

class NotReadBack extends Explained {}

/**
 * How long an error is worth another attempt. The texts are S3's own, as people met them (hashicorp/terraform 749,
 * terraform-provider-aws 23578 and its bucket_replication_configuration.go).
 *
 * A role that is seconds old has no text of its own on public record: S3 judges it when it replicates (AssumeRoleNotPermitted). What
 * it and fresh statements are known to cause is a refusal of the call. Should S3 speak of the role all the same, it gets that time, too.
 */
export function patience(error: unknown): number | undefined {
  if (!(error instanceof CallError)) return undefined;
  if (isNotReadyBucket(error)) return BUCKET_SPREADS;
  if (error.code === 'OperationAborted' || error.status === 409) return OTHER_CHANGE;
  if (error.denied || (error.status === 400 && /\brole\b/i.test(error.reason))) return PERMISSION_SPREADS;
  return undefined;
}

function isNotReadyBucket({ code, reason }: CallError): boolean {
  return (
    code === 'InvalidRequest' &&
    /^(Destination bucket must (exist|have versioning enabled)|Versioning must be 'Enabled' on the bucket)/.test(reason)
  );
}

function isGone(error: unknown): boolean {
  return error instanceof CallError && error.code === 'NoSuchBucket';
}

async function explaining<T>(wanted: WantedReplication, deps: ReplicationDeps, act: () => Promise<T>): Promise<T> {
  const start = deps.clock.now();
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const seconds = Math.round((deps.clock.now() - start) / 1000);
    throw new Explained(
      `the replication rules of bucket ${wanted.bucket} in ${wanted.region} could not be set: ${describe(error)}` +
        `${seconds > 0 ? `, for ${seconds} s` : ''}; ${wayOut(error, wanted)}`,
    );
  }
}

function wayOut(error: CallError, wanted: WantedReplication): string {
  const destinations = wanted.destinations.map(({ region, bucket }) => `${bucket} (${region})`).join(', ');
  if (isNotReadyBucket(error)) return `check that ${wanted.bucket} and each of ${destinations} exists and is versioned`;
  if (error.denied) {
    return (
      `check that the bucket belongs to ${wanted.account}, and that no policy keeps the deployment's function from s3:GetReplicationConfiguration ` +
      `and s3:PutReplicationConfiguration on it and from iam:PassRole on ${wanted.roleArn}`
    );
  }
  if (isGone(error)) return 'deploy the stack that holds the bucket first';
  if (error.status === 301) return `check that the bucket is in ${wanted.region}`;
  if (error.unreachable) return `deploy again when ${wanted.region} answers`;
  return 'deploy again when that is cured';
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
