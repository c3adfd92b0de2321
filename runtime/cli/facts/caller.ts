import type { Manifest } from '../../../lib/private/contract';
import type { Caller } from '../aws';
import { refusal } from '../problem';

/** Throws with what differs when a manifest is about another account or partition than the caller's. */
export function mustBeCallers(manifest: Manifest, from: string, caller: Caller): void {
  const differs = (['account', 'partition'] as const).filter((member) => manifest[member] !== caller[member]);
  if (differs.length === 0) return;
  const words = differs.map((member) => `its ${member} is '${manifest[member]}' and the caller's is '${caller[member]}'`).join(', and ');
  throw refusal('OtherAccount', `the manifest (${from}) is not about the caller's account: ${words}; the caller is ${caller.arn}`, [
    's3-failover ... --profile <profile of that account>',
    `aws sts get-caller-identity`,
  ]);
}
