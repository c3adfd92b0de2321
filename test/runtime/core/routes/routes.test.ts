import { activeRegions, describeRoutes, list, memberRegions, planFault, routesKey, routesWith, sameRoutes, sortRoutes } from '../../../../runtime/core/routes/routes';

const [A, B, C] = ['eu-west-1', 'us-east-1', 'us-west-2'];
const live = routesWith([A], [A, B, C]);

test('routes name each member in the order of names, and dial those that are active', () => {
  expect(routesWith([B], [C, A, B])).toEqual([{ region: A, dial: 0 }, { region: B, dial: 100 }, { region: C, dial: 0 }]);
  expect(sortRoutes([{ region: B, dial: 1 }, { region: A, dial: 2 }, { region: A, dial: 3 }]).map(({ dial }) => dial)).toEqual([2, 3, 1]);
});

test('a Region with any traffic is active', () => {
  expect(activeRegions([{ region: A, dial: 0 }, { region: B, dial: 1 }, { region: C, dial: 100 }])).toEqual([B, C]);
  expect(memberRegions(live)).toEqual([A, B, C]);
});

test('routes are the same in whatever order they are named, and differ with a Region or a dial', () => {
  expect(sameRoutes(live, [...live].reverse())).toBe(true);
  expect(sameRoutes(live, routesWith([B], [A, B, C]))).toBe(false);
  expect(sameRoutes(live, routesWith([A], [A, B]))).toBe(false);
  expect(sameRoutes([{ region: 'a', dial: 0 }, { region: 'b', dial: 1 }], [{ region: 'a', dial: 0 }, { region: 'b', dial: 10 }])).toBe(false);
});

test('routes are told by who is active and who is passive, and dials that the service does not document by their figure', () => {
  expect(describeRoutes(live)).toBe(`active ${A}, passive ${B}, ${C}`);
  expect(describeRoutes(routesWith([], [A]))).toBe(`active none, passive ${A}`);
  expect(describeRoutes([{ region: A, dial: 100 }, { region: B, dial: 30 }, { region: C, dial: 7 }])).toBe(`active ${A}, ${B}, ${C}, passive none (${B} at 30, ${C} at 7)`);
  expect([list([]), list([A, B])]).toEqual(['none', `${A}, ${B}`]);
});

test('routes of one Region more than once keep their order, and text that is equal for equal routes names each Region apart', () => {
  const dials = (routes: readonly { region: string; dial: number }[]) => sortRoutes(routes).map(({ region, dial }) => `${region} ${dial}`);
  expect(dials([{ region: C, dial: 1 }, { region: A, dial: 2 }, { region: B, dial: 3 }, { region: A, dial: 4 }])).toEqual([`${A} 2`, `${A} 4`, `${B} 3`, `${C} 1`]);
  expect(routesKey(live)).toBe(`${A}=100,${B}=0,${C}=0`);
});

describe('a plan', () => {
  test('that names each member once, and leaves one active, is sound', () => {
    expect(planFault(routesWith([B, C], [A, B, C]), live)).toBeUndefined();
    expect(planFault([...live].reverse(), live)).toBeUndefined();
  });

  test.each([
    ['names a Region twice', [...live, { region: B, dial: 100 }], `a Region may stand in the routes only once, got '${B}' twice`],
    ['dials neither 0 nor 100', [{ region: A, dial: 100 }, { region: B, dial: 50 }, { region: C, dial: 0 }], `traffic dials are 0 or 100, got 50 for '${B}'`],
    ['leaves nothing active', routesWith([], [A, B, C]), 'at least one Region must stay active, got none'],
    ['leaves a member out', routesWith([C], [C, A]), `the routes must name each member of the access point (${A}, ${B}, ${C}), got ${A}, ${C}`],
    ['names a stranger', routesWith([A], ['us-east-9', A, B, C]), `the routes must name each member of the access point (${A}, ${B}, ${C}), got ${A}, ${B}, us-east-9, ${C}`],
  ])('fails when it %s', (_, plan, fault) => {
    expect(planFault(plan, live)).toBe(fault);
  });

  test('fails with members in the order of names, in whatever order they were read', () => {
    expect(planFault([{ region: C, dial: 100 }, { region: A, dial: 0 }], [...live].reverse())).toBe(`the routes must name each member of the access point (${A}, ${B}, ${C}), got ${A}, ${C}`);
  });
});
