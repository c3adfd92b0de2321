import type { ControlEndpoint } from '../../../../runtime/core/routes/endpoint';
import type { FailureKind } from '../../../../runtime/core/routes/failure';
import type { GoodRow, Survey } from '../../../../runtime/core/routes/read';
import { Roster, type RosterOptions } from '../../../../runtime/core/routes/roster';

const [A, B, C] = ['us-east-1', 'us-west-2', 'eu-west-1'];
const endpoints = [A, B, C].map((region) => ({ region }) as ControlEndpoint);
const roster = (options: RosterOptions = {}) => new Roster(endpoints, options);
const failure = (endpoint: string, kind: FailureKind = 'forbidden') => ({ kind, endpoint, detail: '' });

/** Good answers, by how long they took. */
function survey(latencies: { readonly [endpoint: string]: number }): Survey {
  const good = Object.entries(latencies).map(([endpoint, latencyMs]): GoodRow => ({ endpoint, latencyMs, ok: true, routes: [] }));
  return { rows: good, good, failed: [], views: [], sentence: '' };
}
const all = survey({ [A]: 30, [B]: 10, [C]: 20 });

test('the liveliest endpoint is chosen, where nothing speaks against it', () => {
  expect(roster().choose(all)?.region).toBe(B);
  expect(roster().choose(survey({}))).toBeUndefined();
});

test('an impaired Region\'s endpoint is never chosen, preferred nor believed', () => {
  const one = roster({ avoid: [B] });
  expect(one.choose(all)?.region).toBe(C);
  expect(one.choose(survey({ [B]: 1 }))).toBeUndefined();
  expect(one.trusted(all).map(({ endpoint }) => endpoint)).toEqual([A, C]);
  expect([A, B, C].map((region) => [one.avoids(region), one.prefers(region)])).toEqual([[false, true], [true, false], [false, true]]);
});

test('one that failed comes after those that did not, and one of last resort between them', () => {
  const one = roster({ lastResort: [B] });
  expect(one.choose(all)?.region).toBe(C);
  expect([A, B, C].map((region) => one.prefers(region))).toEqual([true, false, true]);
  one.countFault(C);
  expect(one.choose(all)?.region).toBe(A);
  one.countFault(A);
  expect(one.choose(all)?.region).toBe(B);
  one.countFault(B);
  expect(one.choose(all)?.region).toBe(C);
  one.countFault(C);
  expect(one.choose(all)?.region).toBe(A);
});

test('who turned this caller away is not chosen again, and who failed otherwise is', () => {
  const one = roster();
  one.discard([failure(B), failure(C, 'timed out')]);
  expect(one.choose(all)?.region).toBe(C);
  expect(one.usable.map(({ region }) => region)).toEqual([A, C]);
  expect(one.refusals).toEqual([failure(B)]);
});

test('an act is at its end once each endpoint that may be submitted to has turned this caller away', () => {
  const one = roster({ avoid: [C] });
  one.discard([failure(A)]);
  expect(one.exhausted).toBe(false);
  one.discard([failure(B)]);
  expect(one.exhausted).toBe(true);
  expect(roster().exhausted).toBe(false);
});
