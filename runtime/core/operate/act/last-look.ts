import { timeLeft } from '../../routes/endpoint';
import { surveyRoutes, type Survey } from '../../routes/read';
import { describeRoutes, sameRoutes, type Routes } from '../../routes/routes';
import type { OperateWorld } from './world';

/** In all; an act that is over for its own time still looks. */
const LOOK_MS = 4_000;
/** A first strange answer may be an endpoint's old one. */
const LOOKS = 2;
const PAUSE_MS = 500;

export type LastLook =
  /** Every endpoint that answers shows the routes. */
  | { readonly kind: 'as meant'; readonly survey: Survey }
  /** Some show them, and others what was before: the past. */
  | { readonly kind: 'some show the past'; readonly survey: Survey; readonly sentence: string }
  /** Some show them, and others something new: somebody else's act that is spreading, or an endpoint that is far behind. */
  | { readonly kind: 'disputed'; readonly survey: Survey; readonly sentence: string }
  /** No endpoint shows them, and some show what is neither what was nor what is meant: somebody else's. */
  | { readonly kind: 'moved'; readonly survey: Survey; readonly live: Routes; readonly sentence: string }
  /** No endpoint shows them any more, and each shows what was before. */
  | { readonly kind: 'back'; readonly survey: Survey; readonly live: Routes; readonly sentence: string }
  | { readonly kind: 'blind'; readonly survey: Survey };

/** Whether what an act says of the routes is still so when it says it. Not stopped by the act's own end. */
export async function lastLook(world: OperateWorld, meant: Routes, before: readonly Routes[]): Promise<LastLook> {
  const limits = { deadline: world.clock.now() + LOOK_MS };
  for (let looks = 1; ; looks++) {
    const look = judge(await surveyRoutes(world, world.estate.accessPoint, limits), meant, before);
    if (look.kind === 'as meant' || looks >= LOOKS || timeLeft(world.clock, limits) <= PAUSE_MS) return look;
    await world.clock.sleep(PAUSE_MS);
  }
}

function judge(survey: Survey, meant: Routes, before: readonly Routes[]): LastLook {
  const { views } = survey;
  if (views.length === 0) return { kind: 'blind', survey };
  const strange = views.find(({ routes }) => !sameRoutes(routes, meant) && !before.some((one) => sameRoutes(one, routes)));
  const shown = views.some(({ routes }) => sameRoutes(routes, meant));
  if (strange && shown) return { kind: 'disputed', survey, sentence: `the endpoints disagree: ${survey.sentence}` };
  if (strange) {
    return { kind: 'moved', survey, live: strange.routes, sentence: `somebody else changed the routes: ${describeRoutes(strange.routes)}, as read at ${strange.endpoints.join(', ')}` };
  }
  if (shown && views.length === 1) return { kind: 'as meant', survey };
  if (shown) return { kind: 'some show the past', survey, sentence: `endpoints still disagree: ${survey.sentence}` };
  return { kind: 'back', survey, live: views[0].routes, sentence: `every endpoint that answers shows the routes of before: ${describeRoutes(views[0].routes)}` };
}
