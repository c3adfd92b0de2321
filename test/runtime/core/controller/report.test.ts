import { Malformed } from '../../../../runtime/core/controller/parse';
import { formatReport, parseReport, reportKey, Sightings, type Report } from '../../../../runtime/core/controller/report';

const KEY = 'report/voter/us-east-1';

function report(changed: Partial<Report> = {}): Report {
  return { observer: { role: 'voter', region: 'us-east-1' }, boot: 1, sequence: 1, policy: 'p', code: 'c', regions: { 'us-west-2': { result: 'down', elsewhere: true, downForMs: 12, reason: 'no answer' } }, ...changed };
}

const inside = report({ observer: { role: 'self', region: 'us-west-2' } });
const regions = (count: number) => Array.from({ length: count }, (_, index) => `us-west-${index + 1}`);
const sight = (said: unknown) => ({ regions: { 'us-west-2': said } });

function listing(...reports: Report[]) {
  return new Map(reports.map((one) => [reportKey(one.observer), { item: formatReport(one), revision: 1 }]));
}

test('is read as it was written', () => {
  expect(parseReport(KEY, formatReport(report()))).toEqual(report());
});

test.each(['ok', 'slow', 'throttled', 'misconfigured', 'blind', 'down'] as const)('is read with the result %s, and with no more than is said', (result) => {
  const least = report({ regions: { 'us-west-2': { result, elsewhere: false } } });
  expect(parseReport(KEY, formatReport(least))).toStrictEqual(least);
});

test('is read with as much as it may hold', () => {
  const sight = { result: 'down', elsewhere: true, reason: 'x'.repeat(200) } as const;
  const most = report({ policy: 'p'.repeat(100), code: 'c'.repeat(100), regions: Object.fromEntries(regions(20).map((name) => [name, sight])), routes: { kind: 'seen', active: regions(20) }, told: 'x'.repeat(100) });
  expect(parseReport(KEY, formatReport(most))).toEqual(most);
});

test('is read with what a voter saw of the routes, and what it told people of', () => {
  for (const more of [{ routes: { kind: 'seen', active: ['us-west-2'] }, told: 'cooling down' }, { routes: { kind: 'not seen' } }] as const) {
    expect(parseReport(KEY, formatReport(report(more)))).toEqual(report(more));
  }
});

test('is read with the last word of the Region\'s own observer, and without one that nobody understands', () => {
  const sight = { result: 'down', elsewhere: true, downForMs: 12 } as const;
  const lastWord = { boot: 3, sequence: 8, forMs: 40 };
  expect(parseReport(KEY, formatReport(report({ regions: { 'us-west-2': { ...sight, lastWord } } })))).toEqual(report({ regions: { 'us-west-2': { ...sight, lastWord } } }));
  for (const odd of ['8', { ...lastWord, boot: -1 }, { ...lastWord, sequence: 0.5 }, { ...lastWord, forMs: -40 }, { boot: 3, sequence: 8 }])
    expect(parseReport(KEY, { ...formatReport(report()), regions: { 'us-west-2': { ...sight, lastWord: odd } } })).toEqual(report({ regions: { 'us-west-2': sight } }));
});

test('is read with the time in which nothing but failures was seen, and without one that nobody understands', () => {
  const sight = { result: 'down', elsewhere: true, downForMs: 12 } as const;
  expect(parseReport(KEY, formatReport(report({ regions: { 'us-west-2': { ...sight, unbrokenForMs: 4 } } })))).toEqual(report({ regions: { 'us-west-2': { ...sight, unbrokenForMs: 4 } } }));
  for (const odd of ['4', -4, Infinity]) expect(parseReport(KEY, { ...formatReport(report()), regions: { 'us-west-2': { ...sight, unbrokenForMs: odd } } })).toEqual(report({ regions: { 'us-west-2': sight } }));
});

test.each<[string, object]>([
  ['routes of a kind that came later', { routes: { kind: 'partly seen' } }],
  ['routes of no Regions', { routes: { kind: 'seen', active: ['../register'] } }],
  ['routes of which one is no Region', { routes: { kind: 'seen', active: ['us-west-2', '../register'] } }],
  ['routes that name nothing', { routes: { kind: 'seen' } }],
  ['routes of too many Regions', { routes: { kind: 'seen', active: regions(21) } }],
  ['routes of Regions, in a kind that came later', { routes: { kind: 'partly seen', active: ['us-west-2'] } }],
  ['routes that are a text', { routes: 'us-east-1' }],
  ['a long text as told', { told: 'x'.repeat(101) }],
])('keeps its votes with %s, which are passed over', (_, changed) => {
  expect(parseReport(KEY, { ...formatReport(report()), ...changed })).toEqual(report());
});

test.each<[string, object, string]>([
  ['its version is another', { version: 2 }, `'version' must be 1`],
  ['nobody made it', { observer: null }, `'observer' must be a role and a Region`],
  ['its role is unknown', { observer: { role: 'king', region: 'us-east-1' } }, `'observer' must be a role and a Region`],
  ['its Region is no text', { observer: { role: 'voter', region: ['us-east-1'] } }, `'observer' must be a role and a Region`],
  ['it is another observer\'s', { observer: { role: 'voter', region: 'us-west-2' } }, `'observer' must be the one of the key`],
  ['its sequence is a text', { sequence: '9' }, `'boot' and 'sequence' must be whole numbers`],
  ['its boot is no whole number', { boot: 1.5 }, `'boot' and 'sequence' must be whole numbers`],
  ['its policy is missing', { policy: undefined }, `'policy' and 'code' must be text`],
  ['its policy is too long', { policy: 'p'.repeat(101) }, `'policy' and 'code' must be text`],
  ['its code is too long', { code: 'c'.repeat(101) }, `'policy' and 'code' must be text`],
  ['its Regions are a list', { regions: [] }, `'regions' must be Regions by name`],
  ['it speaks of too many Regions', { regions: Object.fromEntries(regions(21).map((name) => [name, { result: 'ok', elsewhere: true }])) }, `'regions' must be at most 20`],
  ['a Region has no Region\'s name', { regions: { __proto__x: { result: 'ok', elsewhere: true } } }, `'regions' must be named as Regions are`],
  ['nothing is said of a Region', sight(null), 'what is said of a Region must be an object'],
  ['a result is unknown', sight({ result: 'dead', elsewhere: true }), `'result' must be a kind of probe result`],
  ['a result is no text', sight({ result: 5, elsewhere: true }), `'result' must be a kind of probe result`],
  ['nobody says what else was reached', sight({ result: 'ok' }), `'elsewhere' must be true or false`],
  ['a time is negative', sight({ result: 'down', elsewhere: true, downForMs: -1 }), `'downForMs' must be a time`],
  ['a time is not finite', sight({ result: 'down', elsewhere: true, downForMs: Infinity }), `'downForMs' must be a time`],
  ['a reason is no text', sight({ result: 'down', elsewhere: true, reason: 5 }), `'reason' must be a short text`],
  ['a reason is too long', sight({ result: 'down', elsewhere: true, reason: 'x'.repeat(201) }), `'reason' must be a short text`],
])('fails when %s', (_, changed, error) => {
  expect(() => parseReport(KEY, { ...formatReport(report()), ...changed })).toThrow(new Malformed(`${error} in '${KEY}'`));
});

describe('sightings', () => {
  test('give a report no age before it has moved: it may be old', () => {
    const sightings = new Sightings();
    sightings.take(listing(report()), 100);
    expect(sightings.all(200)[0].ageMs).toBeUndefined();
    sightings.take(listing(report()), 5_000);
    expect(sightings.all(5_000)[0].ageMs).toBeUndefined();
  });

  test('count an age from when the sequence moved', () => {
    const sightings = new Sightings();
    sightings.take(listing(report()), 100);
    sightings.take(listing(report({ sequence: 2 })), 200);
    sightings.take(listing(report({ sequence: 2 })), 300);
    expect(sightings.all(1_000)[0].ageMs).toBe(800);
  });

  test.each([[{ boot: 2, sequence: 1 }, true], [{ boot: 1, sequence: 6 }, true], [{ boot: 1, sequence: 4 }, false], [{ boot: 0, sequence: 9 }, false], [{ boot: 1, sequence: 5 }, false]])('of %j after boot 1 and sequence 5: newer is %s', (changed, newer) => {
    const sightings = new Sightings();
    sightings.take(listing(report({ sequence: 5 })), 0);
    sightings.take(listing(report(changed)), 10);
    expect(sightings.all(10)[0].ageMs !== undefined).toBe(newer);
  });

  // A voter that could not read the table for minutes took what others had said at the beginning of it for new.
  test('give no age to what moved in a gap between two listings, before it moves again', () => {
    const sightings = new Sightings(5_000);
    sightings.take(listing(report()), 0);
    sightings.take(listing(report({ sequence: 2 })), 5_000);
    expect(sightings.all(5_500)[0].ageMs).toBe(500);
    sightings.take(listing(report({ sequence: 9 })), 10_001);
    expect(sightings.all(10_001)[0].ageMs).toBeUndefined();
    sightings.take(listing(report({ sequence: 10 })), 12_000);
    expect(sightings.all(12_500)[0].ageMs).toBe(500);
  });

  test('count for how long a report is the newest from its first sight, and anew when it moves', () => {
    const sightings = new Sightings();
    sightings.take(listing(report()), 100);
    sightings.take(listing(report()), 300);
    expect(sightings.all(400)[0].stillForMs).toBe(300);
    sightings.take(listing(report({ sequence: 2 })), 500);
    expect(sightings.all(650)[0].stillForMs).toBe(150);
  });

  test.each([
    ['the report is still the same', { boot: 1, sequence: 1, forMs: 5_000 }, 5_100],
    ['the report has moved since', { boot: 1, sequence: 0, forMs: 5_000 }, 500],
    ['another process has written since', { boot: 0, sequence: 1, forMs: 5_000 }, 500],
    ['this reader has watched it for longer', { boot: 1, sequence: 1, forMs: 10 }, 500],
  ])('go on from what the process before saw: %s', (_, lastWord, stillForMs) => {
    const sightings = new Sightings();
    const said = report({ regions: { 'us-west-2': { result: 'down', elsewhere: true, downForMs: 12, lastWord } } });
    sightings.take(listing(inside), 1_000);
    sightings.take(listing(said, inside), 1_400);
    sightings.inherit(said.observer, 1_400);
    expect(sightings.of(inside.observer, 1_500)).toMatchObject({ stillForMs });
    // That says nothing of when it moved.
    expect(sightings.of(inside.observer, 1_500)?.ageMs).toBeUndefined();
  });

  test('believe no word of an observer that they have not seen', () => {
    const sightings = new Sightings();
    const said = report({ regions: { 'us-west-2': { result: 'down', elsewhere: true, downForMs: 12, lastWord: { boot: 1, sequence: 1, forMs: 5_000 } } } });
    sightings.take(listing(said), 900);
    sightings.inherit(said.observer, 900);
    sightings.inherit(inside.observer, 900);
    expect(sightings.all(1_500)).toHaveLength(1);
    expect(sightings.all(1_500)[0].stillForMs).toBe(600);
  });

  test('name what nobody understands, and keep the rest', () => {
    const sightings = new Sightings();
    const items = listing(report());
    items.set('report/voter/us-west-2', { item: { version: 9 }, revision: 1 });
    expect(sightings.take(items, 0).malformed).toHaveLength(1);
    expect(sightings.all(0)).toHaveLength(1);
  });

  test('fails when reading a report fails otherwise: a defect is not another\'s bad report', () => {
    const broken = { get version(): number { throw new TypeError('a defect'); } };
    expect(() => new Sightings().take(new Map([[KEY, { item: broken, revision: 1 }]]), 0)).toThrow(TypeError);
  });
});
