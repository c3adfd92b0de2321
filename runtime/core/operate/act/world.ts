import type { ReplicationMetrics } from '../../lag/metrics';
import type { WriteProbe } from '../../routes/served';
import type { RouteWorld } from '../../routes/world';
import type { ControllerPort } from '../controller';
import type { Estate } from '../estate';
import type { Buckets, WallClock } from '../ports';
import type { Register } from '../register';
import type { Plan } from './plan';

/** Everything that an act reaches. Made by the caller: a terminal, a Lambda or a simulator. */
export interface OperateWorld extends RouteWorld {
  readonly wall: WallClock;
  readonly estate: Estate;
  readonly buckets: Buckets;
  /** Writes through the access point and looks where they land. */
  readonly probe: WriteProbe;
  /** How far Regions are behind, as S3 publishes it. */
  readonly metrics: ReplicationMetrics;
  readonly register: Register;
  /** Absent without one. */
  readonly controller?: ControllerPort;
  /** ARN of the caller, for records; `unknown` where it could not be asked. */
  readonly who: string;
}

/** How an act speaks with the person who ordered it. */
export interface Teller {
  /** A step begins; the former one is done. */
  step(name: string): void;
  /** How far the step is; `of` is absent where the end is not known. */
  progress(done: number, of: number | undefined, note: string): void;
  /** Something worth a line, now. */
  say(line: string): void;
  /** Shows the plan and asks. A caller that may not ask answers by itself. */
  confirm(plan: Plan): Promise<'yes' | 'no'>;
}
