import type { Proof } from '../../routes/change-result';
import { sameRoutes, type Routes } from '../../routes/routes';
import { lastLook, type LastLook } from './last-look';
import { whoMoved } from './others';
import { MOVED_NEXT, type Reached } from './reached';
import type { OperateWorld } from './world';

/** What an act may say of itself after a last look at the routes: neither of two operators may tell of a success that the other has undone. */
export async function corrected(world: OperateWorld, reached: Reached, meant: Routes, before: readonly Routes[], own: string): Promise<Reached> {
  if (reached.kind !== 'served' && reached.kind !== 'done') return reached;
  const look = await lastLook(world, meant, before);
  const live = look.survey.views[0]?.routes;
  switch (look.kind) {
    case 'as meant':
      return { ...reached, live, proof: betterOf(reached, look) };
    case 'some show the past':
      if (forgot(reached, look, meant) || (reached.proof !== 'served' && took(reached).length === 0)) return disputed(reached, look.sentence, live);
      return { ...reached, live: meant, sentence: `${reached.sentence}; ${look.sentence}` };
    case 'blind':
      return { ...reached, sentence: `${reached.sentence}; no control endpoint answered the last look` };
    case 'disputed':
      return disputed(reached, look.sentence, live);
    case 'moved': {
      const who = await whoMoved(world, look.live, own);
      return { ...reached, kind: 'failed', proof: 'none', live, sentence: `it was done, and then undone: ${look.sentence}, ${who}; before that: ${reached.sentence}`, next: MOVED_NEXT };
    }
    case 'back': {
      const sentence = `unknown: ${look.sentence}: they were moved back, or the endpoints are behind; before that: ${reached.sentence}`;
      return { ...reached, kind: 'unknown', proof: 'none', live, sentence, next: ['s3-failover routes show', ...MOVED_NEXT] };
    }
  }
}

/**
 * Looks at the routes as the very last thing, after records were written and traces removed: that takes seconds, and minutes where
 * a Region hangs. Undefined where what was said is still so.
 */
export async function undone(world: OperateWorld, reached: Reached, meant: Routes, before: readonly Routes[], own: string): Promise<Reached | undefined> {
  const again = await corrected(world, reached, meant, before, own);
  return again.kind === reached.kind ? undefined : again;
}

/** Whether an endpoint that showed the change does not show it any more: the past does not come back by itself. */
function forgot(reached: Reached, look: LastLook, meant: Routes): boolean {
  const showed = reached.change.rows.filter((row) => row.ok && sameRoutes(row.routes, meant)).map(({ endpoint }) => endpoint);
  const knew = [...took(reached), ...showed];
  return look.survey.good.some(({ endpoint, routes }) => knew.includes(endpoint) && !sameRoutes(routes, meant));
}

/** Endpoints that said yes. */
function took({ change }: Reached): string[] {
  return change.attempts.filter(({ outcome }) => outcome === 'accepted').map(({ endpoint }) => endpoint);
}

/** Somebody else's act may be spreading, or an endpoint is far behind: routes carry no version that would tell. */
function disputed(reached: Reached, sentence: string, live: Routes | undefined): Reached {
  return {
    ...reached,
    kind: 'unknown',
    proof: 'none',
    live,
    sentence: `unknown: it may have been done, and at the last look ${sentence}; before that: ${reached.sentence}`,
    next: ['s3-failover routes show', ...MOVED_NEXT],
  };
}

/** The last look is a reading too, and may show at a second endpoint what one alone showed before. */
function betterOf(reached: Reached, look: LastLook): Proof | 'none' {
  const { proof, change } = reached;
  if (proof !== 'accepted' && proof !== 'read back') return proof;
  const takers = took(reached);
  const showing = look.survey.good.map(({ endpoint }) => endpoint).filter((endpoint) => !change.told?.includes(endpoint));
  return showing.length > 1 || showing.some((endpoint) => !takers.includes(endpoint)) ? 'read back elsewhere' : 'read back';
}
