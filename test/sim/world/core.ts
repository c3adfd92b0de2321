import type { Item, Prober, Table } from '../../../runtime/core/controller/ports';
import type { AlarmReader, Heartbeats } from '../../../runtime/core/controller/world';
import type { ReplicationMetrics } from '../../../runtime/core/lag/metrics';
import type { Estate } from '../../../runtime/core/operate/estate';
import type { Buckets } from '../../../runtime/core/operate/ports';
import type { Clock, Log, Random } from '../../../runtime/core/ports';
import type { AccessPoint } from '../../../runtime/core/routes/access-point';
import type { ControlEndpoint } from '../../../runtime/core/routes/endpoint';
import type { ReplicationConfiguration } from '../../../runtime/core/replication/model';
import type { WriteProbe } from '../../../runtime/core/routes/served';
import type { Verb } from '../faults/episode';
import type { Settings } from '../faults/plan';
import type { Told } from './facts';
import type { RegisterFacts } from './register-facts';

/** What one run of an observer, or one use of the command, is handed: its whole world. */
export interface Env {
  readonly clock: Clock;
  /** Milliseconds since 1970 as this process believes: clocks are skewed. */
  readonly wall: () => number;
  readonly random: Random;
  readonly log: Log;
  readonly table: Table;
  readonly prober: Prober;
  readonly endpoints: readonly ControlEndpoint[];
  readonly accessPoint: AccessPoint;
  readonly settings: Settings;
  /** Of the code: two are about at once during a deployment. */
  readonly version: string;
  readonly data: readonly string[];
  readonly voters: readonly string[];
  readonly role: 'voter' | 'self';
  readonly region: string;
  /** Differs for each run. */
  readonly boot: string;
  /** Aborted never: a run ends by itself or is ended. */
  readonly signal: AbortSignal;
  decided(action: string, sentence: string): void;
  /** Absent where nothing asks for a lag. */
  readonly heartbeats?: Heartbeats;
  /** What S3 publishes about replication; absent where nothing goes back by itself. */
  readonly metrics?: ReplicationMetrics;
  /** Absent where all are quiet. */
  readonly alarms?: AlarmReader;
  /** What a command reaches beyond routes and register; absent in schedules without buckets. */
  readonly objects?: DataSide;
}

/** Buckets, access point and metrics, as one process reaches them. */
export interface DataSide {
  readonly estate: Estate;
  readonly buckets: Buckets;
  readonly probe: WriteProbe;
  readonly metrics: ReplicationMetrics;
  replication(region: string, signal: AbortSignal): Promise<ReplicationConfiguration | undefined>;
  /** One control Region's replica of the table. */
  replica(region: string): Table;
  /** The world's time, for what is told. */
  now(): number;
}

/** The code under test: the shipped core, or a small stand-in by which the simulator itself is tested. */
export interface Core {
  readonly registerKey: string;
  readRegister(item: Item): RegisterFacts;
  /** Written before the first run, as a deployment does. */
  firstRegister?(settings: Settings, data: readonly string[], active: string): Item;
  /** One run of a Lambda: ticks until its time is up. */
  run(env: Env, milliseconds: number): Promise<void>;
  person?(env: Env, verb: Verb, region: string): Promise<Told | void>;
}
