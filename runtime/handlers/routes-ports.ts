import type { ManifestController } from '../../lib/private/controller-contract';
import { bucketPort } from '../aws/bucket';
import { controlEndpoints } from '../aws/control-endpoint';
import { replicationStore } from '../aws/replication';
import { replicationMetrics } from '../aws/replication-metrics';
import { stackStatusReader } from '../aws/stack-status';
import { systemWallClock } from '../aws/system';
import { dynamoTable } from '../aws/table';
import type { Replica } from '../core/controller/replicated-table';
import type { WallClock } from '../core/operate/ports';
import type { BeforeSwitchPorts } from '../core/lag/before-switch';
import type { ControlEndpoint } from '../core/routes/endpoint';
import type { WantedRoutes } from '../core/routes/properties';
import type { StackStatusReader } from '../core/routes/stack';

/** What the routes resource reaches. */
export interface RoutesPorts {
  readonly endpoints: readonly ControlEndpoint[];
  readonly stackStatus: StackStatusReader;
  /** Asked for by a switch that must not leave data behind. */
  readonly lag: (wanted: WantedRoutes) => LagPorts;
  /** Asked for where there is a controller: its table in each control Region. */
  readonly register: (controller: ManifestController) => RegisterPorts;
}

export interface RegisterPorts {
  readonly replicas: readonly Replica[];
  readonly wall: WallClock;
}

export type LagPorts = Omit<BeforeSwitchPorts, 'clock' | 'log'>;

export function awsRoutesPorts(): RoutesPorts & { close(): void } {
  const control = controlEndpoints();
  const opened: { close(): void }[] = [control];
  const kept = <T extends { close(): void }>(one: T): T => {
    opened.push(one);
    return one;
  };
  return {
    endpoints: control.endpoints,
    stackStatus: stackStatusReader(),
    lag({ buckets, accessPoint: { account } }) {
      const storeOf = oncePerRegion((region) => replicationStore(region, account));
      return {
        wall: systemWallClock,
        metrics: kept(replicationMetrics()),
        bucket: oncePerRegion((region) => kept(bucketPort({ region, name: buckets[region], account }))),
        configuration: (region, signal) => storeOf(region).read(buckets[region], signal),
      };
    },
    register: ({ table: tableName, policy: { voters } }) => ({
      wall: systemWallClock,
      replicas: voters.map((region) => ({ region, table: kept(dynamoTable({ tableName, region })) })),
    }),
    close: () => opened.forEach((one) => one.close()),
  };
}

function oncePerRegion<T>(make: (region: string) => T): (region: string) => T {
  const made = new Map<string, T>();
  return (region) => {
    const one = made.get(region) ?? make(region);
    made.set(region, one);
    return one;
  };
}
