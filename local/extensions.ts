import { bucketPolicies } from './gateway/bucket-policies';
import { clockwork } from './gateway/clockwork';
import type { ExtensionFactory } from './gateway/extension';
import { replication } from './gateway/replication';
import { strongTables } from './gateway/strong-tables';

/** What every local AWS has besides the gateway itself. */
export const EXTENSIONS: readonly ExtensionFactory[] = [replication, bucketPolicies, strongTables, clockwork];
