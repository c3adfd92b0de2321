import type { ManifestController } from '../../../lib/private/controller-contract';
import { sideBySide, within } from '../calls/side-by-side';
import type { Clock } from '../ports';

/** Whether a Region holds a table of this name. Rejects when that cannot be known. */
export type TableExists = (region: string, table: string, signal: AbortSignal) => Promise<boolean>;

export interface ControllerDeps {
  readonly clock: Clock;
  readonly tableExists: TableExists;
}

const ANSWER_MS = 5_000;

/**
 * Why a deployment may not go on, if it leaves a controller behind: its stacks are not removed by any deployment, and its voters would go on
 * moving traffic beside another controller, or where everybody believes that there is none. While its table is there, so are they, as the stack of
 * the table is the last one to be destroyed.
 */
export async function strayController(live: ManifestController | undefined, wanted: ManifestController | undefined, { clock, tableExists }: ControllerDeps): Promise<string | undefined> {
  if (!live || isSame(live, wanted)) return undefined;
  const { voters } = live.policy;
  const answers = await sideBySide(voters, (region) => within(region, clock, ANSWER_MS, (signal) => tableExists(region, live.table, signal)));
  const there = answers.filter((answer) => 'value' in answer && answer.value).map(({ region }) => region);
  const gone = answers.filter((answer) => 'value' in answer && !answer.value);
  if (there.length === 0 && gone.length > 0) return undefined;
  const change = wanted ? `its control Regions change from ${list(voters)} to ${list(wanted.policy.voters)}` : 'this deployment leaves it out';
  const found = there.length > 0 ? `its table '${live.table}' is still in ${list(there)}` : `none of ${list(voters)} says whether its table '${live.table}' is still there`;
  return (
    `the controller of this bucket must be destroyed before ${change}, and ${found}; no deployment removes its stacks, and its voters would go on moving traffic: ` +
    `destroy the stacks '${live.table}-<region>' with the app as it was deployed last, and deploy again`
  );
}

/** The same voters by the same table, in whatever order they act. */
function isSame(live: ManifestController, wanted: ManifestController | undefined): boolean {
  return wanted !== undefined && wanted.table === live.table && list([...wanted.policy.voters].sort()) === list([...live.policy.voters].sort());
}

function list(regions: readonly string[]): string {
  return regions.join(', ');
}
