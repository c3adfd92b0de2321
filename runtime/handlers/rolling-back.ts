import { stackStatusReader } from '../aws/stack-status';
import { readStackFacts } from '../core/routes/stack';
import type { HandlerDeps } from './types';

/** Whether a stack is undoing a failed update. Rejects with the reason when its status cannot be read. */
export function rollingBack(stackId: string, deps: HandlerDeps): () => Promise<boolean> {
  return async () => {
    const facts = await readStackFacts(deps, stackStatusReader(), stackId, { deadline: deps.deadline });
    if (facts.kind === 'unreadable') throw new Error(facts.reason);
    return facts.kind === 'rolling back';
  };
}
