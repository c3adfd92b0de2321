import type { Clock, Log, Random } from '../ports';
import type { WallClock } from '../operate/ports';
import type { AccessPoint } from '../routes/access-point';
import type { ControlEndpoint } from '../routes/endpoint';
import type { ActReport } from './act';
import type { Decision } from './decide';
import type { Prober, Table } from './ports';
import type { Report } from './report';
import type { LagSight, View } from './view';

/** How far one Region is behind another, by the heartbeats. */
export interface LagReader {
  /**
   * The last sample that is at least `olderThanMs` old, so that none counts which was taken when the source was failing already.
   * Undefined where none is known, or the last one is too old to tell of that time.
   */
  read(from: string, to: string, olderThanMs: number, signal: AbortSignal): Promise<LagSight | undefined>;
}

/** Where metrics, events and messages go. May reject; a notice that is lost stops nothing. */
export interface Notices {
  /** After each decision of a voter; without a view after a tick that crashed. */
  decided(decision: Decision, view: View | undefined, signal: AbortSignal): Promise<void>;
  /** After each report of an observer. */
  reported(report: Report, signal: AbortSignal): Promise<void>;
  /** After each act, whatever came of it. */
  acted(act: ActReport, signal: AbortSignal): Promise<void>;
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
  readonly notices: Notices;
  /** The control endpoints. */
  readonly endpoints: readonly ControlEndpoint[];
  readonly accessPoint: AccessPoint;
}
