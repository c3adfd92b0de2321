import type { ActOutcome } from '../../../../../runtime/core/operate/act/outcome';
import type { OperateWorld } from '../../../../../runtime/core/operate/act/world';
import { activeRegions, sameRoutes, type Routes } from '../../../../../runtime/core/routes/routes';
import type { FakeEstate } from '../../../support/fake-estate';
import { intercepted, type Intercept } from '../../../support/intercepted';

/** One operator's act, and what it saw last. */
export interface Operator {
  readonly world: OperateWorld;
  readonly outcome: () => ActOutcome | undefined;
  readonly begin: (act: (world: OperateWorld) => Promise<ActOutcome>) => Promise<ActOutcome>;
  /** When its last reading of the routes was sent. */
  readonly lastRead: () => number;
}

/** An operator who passes a test before each request, by a name of his own. */
export function operator(estate: FakeEstate, name: string, intercept: Intercept = () => 'goes on', changed: Partial<OperateWorld> = {}): Operator {
  let lastRead = 0;
  let outcome: ActOutcome | undefined;
  const world = intercepted(estate.world({ who: `arn:aws:iam::111122223333:user/${name}`, ...changed }), (count, call) => {
    if (call.endsWith(' read')) lastRead = estate.clock.now();
    return intercept(count, call);
  });
  return { world, outcome: () => outcome, begin: async (act) => (outcome = await act(world)), lastRead: () => lastRead };
}

/** Live routes at a moment. */
export function liveAt({ plane }: FakeEstate, at: number): Routes {
  return plane.history.filter((one) => one.at <= at).at(-1)?.routes ?? plane.history[0].routes;
}

/** What must be so of every act, whatever happens. Gives what is wrong. */
export function falseClaims(estate: FakeEstate, { outcome, lastRead }: Operator): string[] {
  const said = outcome();
  const wrong: string[] = [];
  if (estate.plane.history.some(({ routes }) => activeRegions(routes).length === 0)) wrong.push('no Region was active');
  if (!said) return [...wrong, 'it never ended'];
  const after = said.plan?.after;
  const meant = after !== undefined && estate.plane.history.some(({ at, routes }) => at >= lastRead() && sameRoutes(routes, after)) || (after !== undefined && sameRoutes(liveAt(estate, lastRead()), after));
  // Who sent nothing tells what was read, and at whom.
  if (said.kind === 'done' && said.change?.kind === 'done' && !said.change.submitted && /as read at/.test(said.sentence)) return wrong;
  // Both of these say that the routes are as meant; each was so when they were last read, or later.
  if ((said.kind === 'served' || said.kind === 'done') && !meant) wrong.push(`'${said.kind}', and the routes were not so at its last look: ${said.sentence}`);
  if (said.kind === 'refused' || said.kind === 'declined' || said.kind === 'planned') {
    if (estate.plane.submits.length > 0 && said.change?.attempts.some((attempt) => attempt.outcome === 'accepted')) wrong.push(`'${said.kind}', and something was sent`);
  }
  if (said.kind === 'unknown' && said.next.length === 0) wrong.push("'unknown', without what to do");
  if (said.nothingLost) wrong.push('a forced failover cannot say that nothing was lost');
  if (said.sentence === '') wrong.push('no sentence');
  return wrong;
}
