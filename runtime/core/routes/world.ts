import type { Clock, Log, Random } from '../ports';
import type { ControlEndpoint } from './endpoint';

/** Everything that the route client reaches. Made by the caller: a Lambda, a terminal or a simulator. */
export interface RouteWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** The control endpoints, in the order in which they are asked when nothing else decides. */
  readonly endpoints: readonly ControlEndpoint[];
}
