import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import { heldElsewhere } from '../../../../../runtime/core/operate/switchover/loss';
import { EAST, IRELAND, WEST } from './support';

/** An act that took traffic away from eu-west-1. */
const left = (at: string, nothingLost: boolean): ActRecord => ({
  schema: 'cdk-s3-failover/act', version: 1, id: 'act0000000000001', phase: 'ended', verb: 'switchover', planned: true, at, endedAt: at, who: 'somebody', from: [IRELAND], to: [EAST], lag: [], quarantines: [], lifts: [], nothingLost,
});
const EARLIER = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-02T00:00:00.000Z';

const view = { epoch: 2, intent: [EAST], excluded: [{ region: IRELAND, why: 'traffic was moved away by somebody', moved: true }], quarantined: [] };
const elsewhere = (records: readonly ActRecord[], excluded = view.excluded) =>
  heldElsewhere({ history: { records, regions: [{ region: EAST, ok: true }], unread: [], more: false }, register: { ok: true, view: { ...view, excluded } } }, [EAST, WEST]);

describe('a third Region that traffic was moved away from', () => {
  test.each<[string, readonly ActRecord[], boolean]>([
    ['with no act on record may hold writes alone', [], true],
    ['and whose last act saw nothing lost holds none', [left(EARLIER, false), left(LATER, true)], false],
    ['and whose last act did not see that may hold some, whatever an earlier one saw', [left(LATER, false), left(EARLIER, true)], true],
  ])('%s', (_name, records, held) => {
    expect(elsewhere(records)).toEqual({ kind: 'known', regions: held ? [{ region: IRELAND, why: 'left' }] : [] });
  });

  const BARRED = [{ region: IRELAND, why: 'not deployed', moved: false }];

  test('and that is excluded for another reason may hold some, too, by the last act on record', () => {
    expect(elsewhere([left(LATER, false)], BARRED)).toEqual({ kind: 'known', regions: [{ region: IRELAND, why: 'left' }] });
    expect(elsewhere([left(LATER, true)], BARRED)).toEqual({ kind: 'known', regions: [] });
  });

  test('is not one that is excluded and that traffic never left', () => {
    expect(elsewhere([], BARRED)).toEqual({ kind: 'known', regions: [] });
  });
});
