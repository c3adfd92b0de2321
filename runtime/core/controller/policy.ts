import { createHash } from 'node:crypto';
import { policyFaults, withDefaults, type CompletePolicy, type PolicySettings } from '../../../lib/private/controller-contract';

export { ACT_DEADLINE_MS, freshForMs, policyFaults, PROPAGATION_MS, REGION_NAME, type Failback, type PolicySettings, type VetoAlarm } from '../../../lib/private/controller-contract';

export interface Policy extends CompletePolicy {
  /** Equal for equal settings: voters of two policies do not vote together. */
  readonly hash: string;
}

export function policyOf(settings: PolicySettings): Policy {
  const policy = withDefaults(settings);
  const [fault] = policyFaults(policy);
  if (fault !== undefined) throw new RangeError(fault);
  return { ...policy, hash: hashOf(policy) };
}

export function majorityOf({ voters }: Pick<Policy, 'voters'>): number {
  return Math.floor(voters.length / 2) + 1;
}

function hashOf(policy: CompletePolicy): string {
  return createHash('sha256').update(canonical(policy)).digest('hex').slice(0, 16);
}

/** Text that does not depend on the order in which properties were set. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}
