import type { SwitchoverOutcome } from '../../core/operate/switchover/world';
import { actCode } from '../act-code';
import type { VerbResult } from '../verb';
import { outcomeDocument, outcomeText } from './outcome';

/** How a switchover ended, with what only it knows: fences, drain and last look. */
export function switchoverResult(outcome: SwitchoverOutcome): VerbResult {
  const { actId, target, level, fences, drained, lastLook, plan } = outcome;
  return {
    code: actCode(outcome.kind),
    document: outcomeDocument(outcome, {
      verb: 'switchover',
      act: actId ?? null,
      target,
      drain: { level, sentences: drained },
      fences: fences.map(({ region, state, held, lapses, gaps }) => ({ region, state, held, lapses: lapses ?? null, gaps })),
      lastLook: lastLook
        ? {
            clean: lastLook.clean,
            sentence: lastLook.sentence,
            missing: lastLook.missing.map(({ version, reason, in: region, lackedBy }) => ({ key: version.key, versionId: version.versionId, deleteMarker: version.deleteMarker, region, lackedBy, reason })),
          }
        : null,
    }),
    // What was found before an act that was begun all the same is not why it ended.
    text: (paint, columns) => outcomeText({ ...outcome, plan: actId === undefined ? plan : undefined }, paint, columns),
  };
}
