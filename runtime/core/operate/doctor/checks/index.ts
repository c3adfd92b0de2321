import type { Check } from '../check';
import { accessPoint } from './access-point';
import { buckets } from './buckets';
import { clock } from './clock';
import { controller } from './controller';
import { credentials } from './credentials';
import { encryption } from './encryption';
import { endpoints } from './endpoints';
import { exposure } from './exposure';
import { failedSamples } from './failed-samples';
import { fence } from './fence';
import { intent, targets } from './intent';
import { lifecycle } from './lifecycle';
import { manifestCopies } from './manifest-copies';
import { optIn } from './opt-in';
import { permissions } from './permissions';
import { replicationRoles } from './replication-roles';
import { replicationRules } from './replication-rules';
import { replicationState } from './replication-state';
import { uploads } from './uploads';
import { versioning } from './versioning';

/** Every check, in the order in which findings of one severity are shown: what stops an act first, what spoils it later. */
export const CHECKS: readonly Check[] = [
  credentials,
  permissions,
  endpoints,
  accessPoint,
  optIn,
  buckets,
  targets,
  fence,
  versioning,
  replicationRules,
  replicationRoles,
  replicationState,
  encryption,
  uploads,
  controller,
  intent,
  manifestCopies,
  lifecycle,
  exposure,
  clock,
];

/** With those that take more than a few requests per bucket. */
export const DEEP_CHECKS: readonly Check[] = CHECKS.flatMap((check) => (check === replicationState ? [check, failedSamples] : [check]));
