import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { EVENT_SOURCE } from '../../../../../lib/private/controller-contract';
import { DETAIL_TYPE, eventOf, eventSchema } from '../../../../../runtime/core/controller/tell/event';
import { A, B } from '../estate';
import { actOf, PLACE, viewAt } from './told';

const TEXT = readFileSync(join(__dirname, '..', '..', '..', '..', '..', 'docs', 'events.md'), 'utf8');
const example = JSON.parse(/```json\n(\{\n {2}"source"[\s\S]*?)\n```/.exec(TEXT)![1]) as { [name: string]: unknown };
const strict = z.strictObject(eventSchema.shape);

test('the documented example is an event', () => {
  expect(example).toMatchObject({ source: EVENT_SOURCE, 'detail-type': DETAIL_TYPE });
  expect(strict.parse(example.detail)).toEqual(example.detail);
});

test('each member is in the documented table, and no other', () => {
  const rows = TEXT.slice(TEXT.indexOf('| member of')).split('\n').filter((line) => line.startsWith('| `')).map((line) => line.split('|')[1]);
  const named = rows.flatMap((cell) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, name]) => name));
  const members = Object.keys(eventSchema.shape).flatMap((name) => (name === 'act' ? Object.keys(eventSchema.shape.act.shape).map((inner) => `act.${inner}`) : [name]));
  expect(named.sort()).toEqual(members.sort());
});

test('an act\'s event says who, what, why, from where to where, and what is known about the data', () => {
  const event = eventOf(actOf('fail over'), viewAt({ lag: { [B]: { lagMs: 63_000 } } }), PLACE);
  expect(strict.parse(event)).toEqual({
    version: 1,
    controller: 'acme-media',
    accessPoint: PLACE.accessPointArn,
    act: { id: 'x-1', kind: 'failover', by: 'voter us-east-2', epoch: 12, state: 'done', outcome: 'us-west-2 is active' },
    reason: 'down for long enough',
    sentence: `${A} is down to 3 voters for 60 s; ${B} takes over`,
    from: [A],
    to: [B],
    behindAtMostMs: 63_000,
  });
});

test.each(['fail back', 'adopt', 'repair', 'finish', 'call off'] as const)('to %s has an event of the same schema', (action) => {
  expect(strict.parse(eventOf(actOf(action), viewAt(), PLACE))).toMatchObject({ behindAtMostMs: null });
});

test('what was not begun has none', () => {
  expect(eventOf({ ...actOf('fail over'), epoch: undefined, state: 'not begun' }, viewAt(), PLACE)).toBeUndefined();
});
