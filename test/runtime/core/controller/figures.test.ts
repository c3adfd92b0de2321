import { figuresOf, looksAtRoutes } from '../../../../runtime/core/controller/figures';
import { policyOf } from '../../../../runtime/core/controller/policy';
import { CLOCK_SKEW_MS } from '../../../../runtime/core/controller/register-state';
import { A, B, C, settings, VOTERS } from './estate';
import { all, dead, ok, viewOf, WALL, type Scene } from './views';

const figures = (scene: Scene) => {
  const policy = policyOf(settings(scene.policy));
  return figuresOf(viewOf(scene, policy), policy, WALL);
};
const seen = (active: string[]): Scene['routes'] => ({ kind: 'seen', active, confirmed: false });

test('while all is well', () => {
  expect(figures({ routes: seen([A]) })).toEqual({ intended: [A], live: [A], drift: false, brakeOn: false, voters: VOTERS, healthy: [A, B, C], disputed: [], misconfigured: [] });
});

test('routes other than intended are drift, whoever saw them', () => {
  expect(figures({ routes: seen([B]) })).toMatchObject({ live: [B], drift: true });
  expect(figures({ self: 'us-west-2', sawRoutes: [C] })).toMatchObject({ live: [C], drift: true });
});

test('nothing is said of what is not known', () => {
  expect(figures({})).not.toHaveProperty('drift');
  expect(figures({ routes: seen([B]), register: { kind: 'unreadable', reason: 'r' } })).toEqual({ live: [B], voters: VOTERS, healthy: [A, B, C], disputed: [], misconfigured: [] });
});

test('what a voter saw that is not heard any more does not count', () => {
  expect(figures({ self: 'us-west-2', sawRoutes: [C], ages: [99, 5, 0] })).not.toHaveProperty('live');
});

test('voters that are heard are named in their order', () => {
  expect(figures({ ages: [0, 99, 5] }).voters).toEqual(['us-east-1', 'us-west-2']);
});

test('a Region is healthy to a majority alone', () => {
  expect(figures({ says: { [A]: [ok, dead(9), dead(9)], [B]: [ok, ok, dead(9)] } }).healthy).toEqual([B, C]);
});

test('a Region that voters call down and its own observer calls well is disputed, others are not', () => {
  const scene: Scene = { says: { [A]: all(dead(9)), [B]: all(dead(9)), [C]: [dead(9), ok, ok] }, own: { [A]: ok, [C]: ok } };
  expect(figures(scene)).toMatchObject({ disputed: [A], healthy: [C] });
});

test('a Region is disputed from the majority on', () => {
  expect(figures({ says: { [A]: [dead(9), dead(9), ok], [B]: [dead(9), ok, ok] }, own: { [A]: ok, [B]: ok } }).disputed).toEqual([A]);
});

test('misconfigured Regions are named once, in the order of their names', () => {
  const misconfigured = { result: 'misconfigured', elsewhere: true } as const;
  expect(figures({ says: { [B]: [misconfigured, misconfigured, ok], [A]: [ok, misconfigured, ok], [C]: [ok, misconfigured, ok] } }).misconfigured).toEqual([C, A, B]);
});

describe('who looks at the routes', () => {
  const looks = (scene: Scene) => {
    const policy = policyOf(settings());
    return VOTERS.filter((self) => looksAtRoutes(viewOf({ ...scene, self }, policy), policy));
  };

  test('is the first voter that is heard', () => {
    expect(looks({})).toEqual([VOTERS[0]]);
    expect(looks({ sawRoutes: [A] })).toEqual([VOTERS[0]]);
    expect(looks({ ages: [99, 5, 5] })).toEqual([VOTERS[1]]);
  });

  test('is the next as well where the first cannot', () => {
    expect(looks({ routesOf: ['not seen'] })).toEqual([VOTERS[0], VOTERS[1]]);
    expect(looks({ routesOf: ['not seen', 'not seen'] })).toEqual(VOTERS);
    expect(looks({ routesOf: [undefined, 'not seen'] })).toEqual([VOTERS[0]]);
  });

  test('is nobody where nobody is heard', () => {
    expect(looks({ ages: [undefined, undefined, undefined] })).toEqual([]);
  });
});

test('a Region is misconfigured on the word of one voter', () => {
  expect(figures({ says: { [B]: [ok, { result: 'misconfigured', elsewhere: true }, ok] } }).misconfigured).toEqual([B]);
});

test('a brake is on until its end, and the skew of clocks after it', () => {
  const brake = (until: number) => figures({ state: { brake: { by: 'ana', why: 'x', until } } }).brakeOn;
  expect([brake(WALL + 1), brake(WALL - CLOCK_SKEW_MS + 1), brake(WALL - CLOCK_SKEW_MS)]).toEqual([true, true, false]);
});
