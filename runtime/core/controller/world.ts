import type { Clock, Log, Random } from '../ports';
import type { WallClock } from '../operate/ports';
import type { AccessPoint } from '../routes/access-point';
import type { ControlEndpoint } from '../routes/endpoint';
import type { ActReport } from './act';
import type { Decision } from './decide';
import type { HeldChange } from './held-watch';
import type { Prober, Table } from './ports';
import type { Report } from './report';
import type { LagSight, View } from './view';

/** Small objects that each data Region writes, and that replication carries to the others. Times are S3's own. */
export interface Heartbeats {
  /** Writes a Region's heartbeat into its own bucket, unless the last is younger than `everyMs`. Answers the age of the newest. */
  beat(region: string, everyMs: number, signal: AbortSignal): Promise<number>;
  /**
   * How far `to` was behind `from`, `atAgeMs` ago: from the newest heartbeat of `from` that has arrived in `to` until then. Too long by what
   * passes between two heartbeats, never too short. Undefined where none has arrived.
   */
  lagMs(from: string, to: string, atAgeMs: number, signal: AbortSignal): Promise<number | undefined>;
}

/** How far one Region is behind another. */
export interface LagReader {
  /** `olderThanMs`: since nothing but failures of the source was seen, 0 while it is well; what it acknowledged until then counts. Undefined where nothing is known. */
  read(from: string, to: string, olderThanMs: number, signal: AbortSignal): Promise<LagSight | undefined>;
}

/** Alarms of CloudWatch. */
export interface AlarmReader {
  /** Those of these names that there are. Without data an alarm is quiet. */
  states(region: string, names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, 'in alarm' | 'quiet'>>;
}

/** Where metrics, events and messages go. May reject; a notice that is lost stops nothing. */
export interface Notices {
  /** After each decision of a voter; without a view after a tick that crashed. */
  decided(decision: Decision, view: View | undefined, signal: AbortSignal): Promise<void>;
  /** What a voter sees that does not decide yet: the process before it does. */
  waiting?(view: View): void;
  /** After each report of an observer. */
  reported(report: Report, signal: AbortSignal): Promise<void>;
  /** After each act of this voter, whatever came of it. */
  acted(act: ActReport, view: View, signal: AbortSignal): Promise<void>;
  /** When a state that needs a person begins or ends, by one voter for all. A rejected one is tried again at the next tick. */
  held(change: HeldChange, view: View, signal: AbortSignal): Promise<void>;
}

/** Everything that an observer reaches. Made by the caller: a Lambda or a simulator. */
export interface ControllerWorld {
  readonly clock: Clock;
  /** For the brake's end alone. */
  readonly wall: WallClock;
  readonly random: Random;
  readonly log: Log;
  readonly table: Table;
  readonly prober: Prober;
  readonly lag: LagReader;
  readonly heartbeats: Heartbeats;
  readonly alarms: AlarmReader;
  /** Absent: nobody is told. */
  readonly notices?: Notices;
  /** The control endpoints. */
  readonly endpoints: readonly ControlEndpoint[];
  readonly accessPoint: AccessPoint;
}
