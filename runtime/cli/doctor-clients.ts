import type { Credentials } from '../aws/credentials';
import type { AccessPointTrial, BucketSettings, BucketTrials, DoctorAdapters, Roles } from '../core/operate/doctor/ports';
import type { Estate } from '../core/operate/estate';
import { lazily } from './lazily';

/** What all clients of a run share. */
export interface Shared {
  config(): Promise<{ readonly credentials: Credentials }>;
  /** Region in which STS is asked for credentials. */
  region(): Promise<string>;
  readonly profile?: string;
  /** Closed at the end of the run. */
  keep<T extends { close(): void }>(made: T): T;
}

/** The SDK's clients behind what only a look at everything reaches. */
export function doctorClients({ regions, buckets, accessPoint }: Estate, { config, region, profile, keep }: Shared): DoctorAdapters {
  const ofEach = <T>(make: (bucket: { readonly region: string; readonly name: string; readonly account: string }) => T): ((where: string) => T) => {
    const made = new Map(regions.map((where) => [where, make({ region: where, name: buckets[where], account: accessPoint.account })]));
    return (where) => made.get(where)!;
  };
  return {
    settings: ofEach((bucket) =>
      lazily<BucketSettings>({}, async () => {
        const { bucketSettings } = await import('../aws/bucket-settings');
        return keep(bucketSettings({ ...bucket, config: await config() }));
      }),
    ),
    trials: ofEach((bucket) =>
      lazily<BucketTrials>({}, async () => {
        const { bucketTrials } = await import('../aws/trials');
        return keep(bucketTrials({ ...bucket, config: await config() }));
      }),
    ),
    accessPointTrial: lazily<AccessPointTrial>({}, async () => {
      const [{ accessPointTrial }, { S3Client }, shared] = await Promise.all([import('../aws/trials'), import('@aws-sdk/client-s3'), config()]);
      return keep(accessPointTrial({ accessPoint, region: regions[0], makeClient: (own) => new S3Client({ ...shared, ...own }) }));
    }),
    roles: lazily<Roles>({}, async () => {
      const { roles } = await import('../aws/roles');
      return keep(roles(await config()));
    }),
    async account(where, signal) {
      const { callerAnywhere } = await import('../aws/caller');
      return (await callerAnywhere([where], await config(), signal)).account;
    },
    async credentials() {
      const { credentialFacts } = await import('../aws/credential-facts');
      return credentialFacts((await config()).credentials, { profile, region: await region() });
    },
  };
}
