import { CONTROL_REGIONS } from '../../lib/private/contract';
import type { Table } from '../core/controller/ports';
import type { BucketPort } from '../core/operate/ports';
import type { ReplicationMetrics } from '../core/lag/metrics';
import type { ControlEndpoint } from '../core/routes/endpoint';
import type { DrillClient } from '../core/operate/drill/recording';
import type { Aws } from './aws';
import { doctorClients } from './doctor-clients';
import { lazily } from './lazily';
import type { Reach } from './parse/invocation';

/** What AWS's own tools fall back to; only for finding credentials, never for whom to ask. */
const CREDENTIALS_REGION = 'us-east-1';

interface Closable {
  close(): void;
}

/**
 * The SDK's clients behind the ports, all with one set of credentials from the usual chain. Nothing of the SDK is loaded before
 * it is used: help, cards and files need none of it.
 */
export function sdkAws({ profile, region }: Reach): Aws {
  const open: Closable[] = [];
  const keep = <T extends Closable>(made: T): T => (open.push(made), made);

  const ownRegion = once(async () => {
    if (region !== undefined) return region;
    const { regionOfEnvironment } = await import('../aws/credentials');
    return regionOfEnvironment(profile);
  });
  const config = once(async () => {
    const { credentialChain } = await import('../aws/credentials');
    return { credentials: credentialChain({ profile, region: (await ownRegion()) ?? CREDENTIALS_REGION }) };
  });
  const stores = once(async () => {
    const { parameterStores } = await import('../aws/parameters');
    return parameterStores(await config());
  });
  const endpoints = once(async () => {
    const { controlEndpoints } = await import('../aws/control-endpoint');
    return keep(controlEndpoints(await config())).endpoints;
  });

  return {
    ownRegion,
    async caller(regions, signal) {
      const { callerAnywhere } = await import('../aws/caller');
      return callerAnywhere(regions, await config(), signal);
    },
    parameter: async (where, name, signal) => (await stores())(where).get(name, signal),
    bucket: (where, name, account) =>
      lazily<BucketPort>({ region: where, name }, async () => {
        const { bucketPort } = await import('../aws/bucket');
        return keep(bucketPort({ region: where, name, account, config: await config() }));
      }),
    controlEndpoints: () =>
      CONTROL_REGIONS.map((where) =>
        lazily<ControlEndpoint>({ region: where }, async () => (await endpoints()).find((one) => one.region === where)!),
      ),
    writeProbe: (accessPoint, buckets) =>
      lazily<DrillClient>({ regions: Object.keys(buckets) }, async () => {
        const [{ writeProbe }, { S3Client }, shared] = await Promise.all([import('../aws/write-probe'), import('@aws-sdk/client-s3'), config()]);
        return keep(writeProbe({ accessPoint, buckets, makeClient: (own) => new S3Client({ ...shared, ...own }) }));
      }),
    metrics: () =>
      lazily<ReplicationMetrics>({}, async () => {
        const { replicationMetrics } = await import('../aws/replication-metrics');
        return keep(replicationMetrics(await config()));
      }),
    async replication(where, name, account, signal) {
      const { bucketSettings } = await import('../aws/bucket-settings');
      return keep(bucketSettings({ region: where, name, account, config: await config() })).replication(signal);
    },
    table: (where, tableName) =>
      lazily<Table>({}, async () => {
        const { dynamoTable } = await import('../aws/table');
        return keep(dynamoTable({ tableName, region: where, config: await config() }));
      }),
    doctor: (estate) => doctorClients(estate, { config, keep, profile, region: async () => (await ownRegion()) ?? CREDENTIALS_REGION }),
    close: () => open.forEach((one) => one.close()),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
