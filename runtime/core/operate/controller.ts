import type { Policy } from '../controller/policy';
import type { Table } from '../controller/ports';

/** The controller as a person's tool sees it. */
export interface ControllerPort {
  /** By whichever replica lives. */
  readonly table: Table;
  /** One control Region's own replica. */
  readonly replica: (region: string) => Table;
  /** As the manifest says; what voters follow is in their reports. */
  readonly policy: Policy;
}
