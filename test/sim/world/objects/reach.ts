import type { Process } from '../process';
import type { DataSide } from '../core';
import { SimTable } from '../table';
import type { World } from '../world';
import { SimBucket } from './bucket';
import type { Side } from './side';

/** Buckets and access point as one process reaches them. It goes through the access point as the first edge's clients do. */
export function dataSideOf(world: World, side: Side, process: Process): DataSide {
  const buckets = new Map(world.plan.data.map((region) => [region, new SimBucket(world, side, process, region)]));
  const bucket = (region: string): SimBucket => {
    const found = buckets.get(region);
    if (!found) throw new RangeError(`no bucket in '${region}'`);
    return found;
  };
  return {
    estate: side.estate,
    buckets: bucket,
    metrics: { read: (region, _query, signal) => bucket(region).metrics(signal) },
    replication: (region, signal) => bucket(region).replication(signal),
    probe: {
      regions: world.plan.data,
      write: (key, signal) => bucket(side.random.pick(world.plane.seenFrom(0))).clientPut(key, 'probe', signal),
      find: ({ key, versionId }, region, signal) => bucket(region).whatOf(key, versionId, signal),
      removeAll: (prefix, region, signal) => bucket(region).removeAll(prefix, signal),
    },
    replica: (region) => new SimTable(world, process, region, process.name),
    now: () => world.time.now,
  };
}
