import { alarmReader } from '../aws/alarm-reader';
import { controlEndpoints } from '../aws/control-endpoint';
import { eventBus } from '../aws/event-bus';
import { heartbeatKey, heartbeats } from '../aws/heartbeats';
import { metricLog } from '../aws/metric-log';
import { prober } from '../aws/prober';
import { replicationMetrics } from '../aws/replication-metrics';
import { systemClock, systemRandom, systemWallClock } from '../aws/system';
import { dynamoTable } from '../aws/table';
import { topic } from '../aws/topic';
import { lagReader } from '../core/controller/lag-reader';
import type { ParsedObserverSettings } from '../core/controller/observer-settings';
import { ReplicatedTable } from '../core/controller/replicated-table';
import { SELF_NOTICES, voterNotices } from '../core/controller/tell/notices';
import type { ControllerWorld, Notices } from '../core/controller/world';
import type { Log } from '../core/ports';
import { parseAccessPointArn } from '../core/routes/access-point';

export interface OpenWorld {
  readonly world: ControllerWorld;
  /** Ends every connection, and with it whatever was still being sent. */
  close(): void;
}

/**
 * All that one run of an observer reaches, made anew for each run and closed at its end. Nothing is kept for the next: the machine stands still
 * between two runs, in which peers close idle connections, and what was half sent would go out when it wakes.
 */
export function openWorld(settings: ParsedObserverSettings, log: Log): OpenWorld {
  const { policy, regions, region, role, keyPrefix } = settings;
  const accessPoint = parseAccessPointArn(settings.accessPointArn)!;
  const opened: { close(): void }[] = [];
  const kept = <T extends { close(): void }>(one: T): T => {
    opened.push(one);
    return one;
  };
  const tableIn = (replica: string) => kept(dynamoTable({ tableName: settings.table, region: replica }));
  const buckets = Object.fromEntries(Object.entries(regions).map(([name, { data }]) => [name, data]));
  const hearts = kept(heartbeats({ buckets, keyPrefix, account: accessPoint.account }));
  const looked = role === 'self' ? [region] : policy.order;

  const world: ControllerWorld = {
    clock: systemClock,
    wall: systemWallClock,
    random: systemRandom,
    log,
    // A voter is where a replica is, and votes by it alone: who is cut off from its own replica is cut off.
    table: role === 'voter' ? tableIn(region) : new ReplicatedTable(systemClock, nearestFirst(policy.voters, region).map((one) => ({ region: one, table: tableIn(one) }))),
    prober: kept(
      prober({
        regions: Object.fromEntries(looked.map((one) => [one, { probeBucket: regions[one].probe, dataBucket: regions[one].data, readKey: heartbeatKey(keyPrefix, one) }])),
        observer: `${role}/${region}`,
        slowMs: policy.probeTimeoutMs / 2,
        clock: systemClock,
        config: { requestHandler: { connectionTimeout: policy.probeTimeoutMs, requestTimeout: policy.probeTimeoutMs, throwOnRequestTimeout: true } },
      }),
    ),
    lag: lagReader({ clock: systemClock, wall: systemWallClock, heartbeats: hearts, metrics: kept(replicationMetrics()), buckets }, policy),
    heartbeats: hearts,
    alarms: kept(alarmReader()),
    notices: role === 'voter' ? noticesOf(settings, log, kept) : SELF_NOTICES,
    endpoints: kept(controlEndpoints()).endpoints,
    accessPoint,
  };
  return { world, close: () => opened.forEach((one) => one.close()) };
}

/** Its own Region first, where that holds a replica. */
function nearestFirst(replicas: readonly string[], region: string): string[] {
  return [...replicas].sort((a, b) => Number(b === region) - Number(a === region));
}

function noticesOf({ name, accessPointArn, topicArn, region, policy }: ParsedObserverSettings, log: Log, kept: <T extends { close(): void }>(one: T) => T): Notices {
  const ports = { clock: systemClock, wall: systemWallClock, log, metrics: metricLog(name), events: kept(eventBus(region)), ...(topicArn !== undefined && { topic: kept(topic(topicArn, region)) }) };
  return voterNotices(ports, policy, { name, accessPointArn });
}
