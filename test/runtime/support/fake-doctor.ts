import { CallError } from '../../../runtime/core/calls/call-error';
import type {
  AccessPointTrial, BucketEncryption, BucketSettings, BucketTrials, CredentialFacts, DoctorAdapters, DoctorWorld, LifecycleRule, PublicAccessBlock, RoleFacts, Roles,
} from '../../../runtime/core/operate/doctor/ports';
import type { ReplicationRule } from '../../../runtime/core/replication/model';
import type { FakeEstate } from './fake-estate';

const ALL_BLOCKED: PublicAccessBlock = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };

/** A bucket's settings, for a test to change. */
export interface FakeSettings {
  versioning: 'Enabled' | 'Suspended' | 'never';
  role: string;
  /** Undefined: no replication configuration at all. */
  rules?: ReplicationRule[];
  lifecycle: readonly LifecycleRule[];
  encryption: BucketEncryption;
  ownership?: string;
  publicAccess?: PublicAccessBlock;
}

/** What only a look at everything reaches, over a fake estate: healthy unless a test changes it. */
export class FakeDoctor {
  readonly of: { readonly [region: string]: FakeSettings };
  readonly roleFacts = new Map<string, RoleFacts | undefined>();
  /** Actions that a role may not do. */
  readonly rolesMayNot = new Map<string, readonly string[]>();
  facts: CredentialFacts | Error = { source: 'profile', temporary: false, renewals: [] };
  /** Answers 403 to a call, everywhere or in one Region: `versioning`, `eu-west-1 putObject`. */
  readonly denied = new Set<string>();
  /** Any other answer to a call. */
  readonly failing = new Map<string, CallError>();

  constructor(private readonly world: FakeEstate) {
    const { regions, buckets } = world.estate;
    this.of = Object.fromEntries(
      regions.map((region) => [
        region,
        {
          versioning: 'Enabled',
          role: `arn:aws:iam::111122223333:role/Media-Role-${region}`,
          rules: regions.filter((other) => other !== region).map((other, index) => rule(other, buckets[other], index + 1)),
          lifecycle: [],
          encryption: { algorithm: 'AES256' },
          ownership: 'BucketOwnerEnforced',
          publicAccess: ALL_BLOCKED,
        },
      ]),
    );
    for (const { role } of Object.values(this.of)) this.roleFacts.set(role, { trustsS3: true });
    for (const region of regions) {
      const bucket = world.bucket(region);
      bucket.policy ??= JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: [`arn:aws:s3:::${bucket.name}/*`], Condition: { Bool: { 'aws:SecureTransport': 'false' } } }] });
    }
  }

  /** Everything, as the verb puts it together. */
  doctorWorld(changed: Partial<DoctorWorld> = {}): DoctorWorld {
    const { world } = this;
    return {
      ...world.world(),
      ...this.adapters(),
      parameter: async (region, _, signal) => {
        await this.call(region, 'parameter', signal);
        return JSON.stringify(world.estate.manifest);
      },
      manifestFrom: { words: 'parameter /s3-failover/media in us-east-1', parameter: '/s3-failover/media' },
      ...changed,
    };
  }

  adapters(): DoctorAdapters {
    return {
      settings: (region) => this.settings(region),
      trials: (region) => this.trials(region),
      accessPointTrial: this.accessPointTrial,
      roles: this.roles,
      account: (region, signal) => this.account(region, signal),
      credentials: () => this.credentials(),
    };
  }

  settings(region: string): BucketSettings {
    const tell = <T>(call: string, value: (settings: FakeSettings) => T) => async (signal: AbortSignal): Promise<T> => {
      await this.call(region, call, signal);
      return value(this.of[region]);
    };
    return {
      versioning: tell('versioning', ({ versioning }) => versioning),
      replication: tell('replication', ({ role, rules }) => rules && { Role: role, Rules: rules }),
      lifecycle: tell('lifecycle', ({ lifecycle }) => lifecycle),
      encryption: tell('encryption', ({ encryption }) => encryption),
      ownership: tell('ownership', ({ ownership }) => ownership),
      publicAccessBlock: tell('public access', ({ publicAccess }) => publicAccess),
      existsForAnybody: tell('exists', () => undefined),
    };
  }

  trials(region: string): BucketTrials {
    return {
      putObject: (key, signal) => this.call(region, `put ${key.split('/')[1]}`, signal),
      putPolicy: (signal) => this.call(region, 'put policy', signal),
      removeVersion: (key, signal) => this.call(region, `remove ${key.split('/')[1]}`, signal),
      removeBatch: (key, signal) => this.call(region, `remove many ${key.split('/')[1]}`, signal),
    };
  }

  readonly accessPointTrial: AccessPointTrial = { putObject: (_, signal) => this.call(this.world.serving(), 'put through', signal) };

  readonly roles: Roles = {
    role: async (arn, signal) => {
      await this.call('us-east-1', 'role', signal);
      return this.roleFacts.get(arn);
    },
    notAllowed: async (arn, actions, _, signal) => {
      await this.call('us-east-1', 'simulate', signal);
      return actions.filter((action) => this.rolesMayNot.get(arn)?.includes(action));
    },
  };

  async account(region: string, signal: AbortSignal): Promise<string> {
    await this.call(region, 'account', signal);
    return '111122223333';
  }

  async credentials(): Promise<CredentialFacts> {
    if (this.facts instanceof Error) throw this.facts;
    return this.facts;
  }

  private async call(region: string, call: string, signal: AbortSignal): Promise<void> {
    await this.world.arrive({ region, call }, signal);
    const other = this.failing.get(call) ?? this.failing.get(`${region} ${call}`);
    if (other) throw other;
    if (this.denied.has(call) || this.denied.has(`${region} ${call}`)) {
      throw new CallError({ call: `s3 ${call}`, region, code: 'AccessDenied', status: 403, reason: 'no identity-based policy allows it' });
    }
  }
}

/** A rule as the library writes it. */
export function rule(region: string, bucket: string, priority = 1, changed: Partial<ReplicationRule> = {}): ReplicationRule {
  return {
    ID: `s3-failover-0a1b2c3d-${region}`,
    Priority: priority,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
    Destination: { Bucket: `arn:aws:s3:::${bucket}`, Metrics: { Status: 'Enabled' } },
    ...changed,
  };
}
