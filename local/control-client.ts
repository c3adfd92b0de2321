import type { AccessLogEntry } from './gateway/access-log';
import { CONTROL_PREFIX } from './gateway/control-api';
import type { ControlFault, ControlFaultInput, Fault, FaultInput } from './gateway/fault';
import type { HeldRequest, HoldFilter, Release } from './gateway/holds';
import type { MetricSettings, QueueReport, SettingsChange } from './gateway/replication';
import type { Route } from './gateway/routes-document';

/** What `state()` answers. */
export interface GatewayState {
  readonly faults: {
    readonly regions: Readonly<Record<string, Fault>>;
    readonly buckets: Readonly<Record<string, Fault>>;
    readonly controlEndpoints: Readonly<Record<string, ControlFault>>;
    /** By `<from> to <to>`. */
    readonly paths: Readonly<Record<string, Fault>>;
  };
  readonly holds: readonly { readonly id: number; readonly filter: HoldFilter; readonly seen: number; readonly held?: HeldRequest }[];
  readonly propagationMs: number;
  readonly clientLocation: string;
  /** Access points that were used or switched so far, by alias. */
  readonly accessPoints: Readonly<Record<string, { readonly effective: readonly Route[]; readonly submitted: readonly Route[]; readonly pendingUntil: readonly number[] }>>;
  /** What each extension says of itself, by its name. */
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Some direction of replication: Region or bucket at either end; without one, every one. */
export interface ReplicationDirection {
  readonly source?: string;
  readonly destination?: string;
}

/** A request that is to be stopped on its way in. */
export interface Hold {
  /** Resolves when it is held; throws after `timeoutMs` (10 s). */
  held(timeoutMs?: number): Promise<HeldRequest>;
  /** Decides what becomes of it, and ends the hold, also one that has taken nothing; says if it had. @default - it goes on */
  release(release?: Release): Promise<boolean>;
}

/** Typed client of the gateway's control API. */
export class ControlClient {
  public constructor(private readonly endpoint: string) {}

  public setRegion(region: string, fault: FaultInput): Promise<void> {
    return this.call('setRegion', { region, fault });
  }

  public setBucket(bucket: string, fault: FaultInput): Promise<void> {
    return this.call('setBucket', { bucket, fault });
  }

  /** S3's control endpoint in a Region: route calls among others. */
  public setControlEndpoint(region: string, fault: ControlFaultInput): Promise<void> {
    return this.call('setControlEndpoint', { region, fault });
  }

  /** What functions that run in one Region meet when they call a service of another, or of their own. Others' calls do not meet it. */
  public setPath(path: { readonly from: string; readonly to: string; readonly fault: FaultInput }): Promise<void> {
    return this.call('setPath', path);
  }

  /** Stops the n-th request that fits on its way in, until it is released. */
  public async hold(filter: HoldFilter): Promise<Hold> {
    const { id } = await this.call<{ id: number }>('hold', filter);
    return {
      held: (timeoutMs) => this.call('held', { id, timeoutMs }),
      release: async (release = { kind: 'continue' }) => (await this.call<{ held: boolean }>('release', { id, release })).held,
    };
  }

  /** Ends every fault, and lets go on what is held. Delays, lag and the client's location stay. */
  public heal(): Promise<void> {
    return this.call('heal', {});
  }

  public setReplication(change: SettingsChange): Promise<void> {
    return this.call('setReplication', change);
  }

  /** How the metrics of replication rules are published; see local/gateway/replication/README.md for a shorter minute. */
  public setReplicationMetrics(change: Partial<MetricSettings>): Promise<void> {
    return this.call('setReplicationMetrics', change);
  }

  /** What waits, what failed, and why; with up to `listed` objects of each by name. */
  public replicationQueue(about: ReplicationDirection & { readonly listed?: number } = {}): Promise<QueueReport> {
    return this.call('replicationQueue', about);
  }

  /** Until nothing is pending, what was written before the call included; throws after `timeoutMs` (10 s). */
  public waitForReplication(about: ReplicationDirection & { readonly timeoutMs?: number } = {}): Promise<QueueReport> {
    return this.call('waitForReplication', about);
  }

  /**
   * How long a minute lasts for schedules, 1 s at least, and for the periods of alarms. What they say of themselves stays. A data point stands
   * for `pointsMs` in periods that have none.
   */
  public setMinutes(setting: { readonly schedulesMs?: number; readonly alarmsMs?: number; readonly pointsMs?: number }): Promise<void> {
    return this.call('setMinutes', setting);
  }

  /** How long submitted routes take to reach the data plane. */
  public setPropagation(setting: { readonly ms: number }): Promise<void> {
    return this.call('setPropagation', setting);
  }

  /** How long a bucket policy that was put or deleted takes to count; it can be read back at once. */
  public setPolicyDelay(setting: { readonly ms: number }): Promise<void> {
    return this.call('setPolicyDelay', setting);
  }

  /** Where the access point's clients are: the nearest active Region serves them. */
  public setClientLocation(region: string): Promise<void> {
    return this.call('setClientLocation', { region });
  }

  public state(): Promise<GatewayState> {
    return this.call('state', {});
  }

  /** Requests that arrived since a time (milliseconds since the epoch), oldest end first. */
  public accessLog(since = 0): Promise<AccessLogEntry[]> {
    return this.call('accessLog', { since });
  }

  /** Any control route, for those that extensions add. */
  public async call<T>(name: string, input: unknown): Promise<T> {
    const response = await fetch(`${this.endpoint}${CONTROL_PREFIX}${name}`, { method: 'POST', body: JSON.stringify(input) });
    const { result, error } = await response.json() as { result?: T; error?: string };
    if (!response.ok) throw new Error(error);
    return result as T;
  }
}
