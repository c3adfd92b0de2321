import type { Command } from '../command';
import { card } from './card';
import { completion } from './completion';
import { doctor } from './doctor';
import { drill } from './drill';
import { exclude, include, pause, resume } from './controller';
import { exportManifest } from './export';
import { failover } from './failover';
import { fenceLift, fenceShow } from './fence';
import { history } from './history';
import { policy } from './policy';
import { quarantineLift } from './quarantine-lift';
import { reconcile } from './reconcile';
import { routesSet } from './routes-set';
import { routesShow } from './routes-show';
import { simulate } from './simulate';
import { status } from './status';
import { switchover } from './switchover';
import { watch } from './watch';

/** Every verb, in the order of help. What one does is in `verbs/` under the same name. */
export const COMMANDS: readonly Command[] = [
  status,
  watch,
  doctor,
  switchover,
  failover,
  routesShow,
  routesSet,
  fenceShow,
  fenceLift,
  reconcile,
  quarantineLift,
  history,
  pause,
  resume,
  exclude,
  include,
  simulate,
  exportManifest,
  drill,
  card,
  policy,
  completion,
];

export function commandNamed(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
