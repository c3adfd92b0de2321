import type { Command } from '../command';
import { card } from './card';
import { completion } from './completion';
import { doctor } from './doctor';
import { exportManifest } from './export';
import { history } from './history';
import { policy } from './policy';
import { reconcile } from './reconcile';
import { routesShow } from './routes-show';
import { status } from './status';
import { watch } from './watch';

/** Every verb, in the order of help. What one does is in `verbs/` under the same name. */
export const COMMANDS: readonly Command[] = [
  status,
  watch,
  doctor,
  routesShow,
  history,
  exportManifest,
  reconcile,
  card,
  policy,
  completion,
];

export function commandNamed(name: string): Command | undefined {
  return COMMANDS.find((command) => command.name === name);
}
