import { planRoutes, type RoutesFacts, type RoutesPlan, type StackFacts } from '../../../../runtime/core/routes/plan';
import { parseRoutesProperties, previousRoutes } from '../../../../runtime/core/routes/properties';
import { makeEvent, OLD_ARN, type EventOptions } from '../../support/routes-event';

const FORWARD: StackFacts = { kind: 'going forward', status: 'UPDATE_IN_PROGRESS' };
const BACK: StackFacts = { kind: 'rolling back', status: 'UPDATE_ROLLBACK_IN_PROGRESS' };
const UNREADABLE: StackFacts = { kind: 'unreadable', reason: 'no answer' };

function facts(options: EventOptions, stack?: StackFacts): RoutesFacts {
  const event = makeEvent(options);
  return {
    requestType: event.RequestType,
    stackName: 'Media',
    wanted: parseRoutesProperties(event.ResourceProperties),
    previous: event.RequestType === 'Update' ? previousRoutes(event.OldResourceProperties) : undefined,
    stack,
  };
}

const create = (options: Partial<EventOptions> = {}) => ({ ...options, RequestType: 'Create' as const });
const update = (options: Partial<EventOptions> = {}) => ({ ...options, RequestType: 'Update' as const });

/** Everything that a plan says, but for the properties that it carries along. */
const said = ({ wanted: _, ...plan }: RoutesPlan & { wanted?: unknown }) => plan;

type Row = [name: string, options: EventOptions, plan: { [name: string]: unknown }];

const rows: Row[] = [
  ['a first deployment', create(), { kind: 'submit', active: ['us-east-1'], isNew: true }],
  ['a first deployment with every Region active', create({ ActiveRegions: ['us-east-1', 'eu-west-1'] }), { kind: 'submit', active: ['us-east-1', 'eu-west-1'] }],
  ['a first deployment whose parameter names a Region', create({ ActiveRegion: 'eu-west-1' }), { kind: 'submit', active: ['eu-west-1'] }],
  ['a first deployment whose parameter says unchanged', create({ ActiveRegion: 'unchanged', SwitchId: '' }), { kind: 'submit', active: ['us-east-1'] }],
  ['a replaced access point', update({ old: { AccessPointArn: OLD_ARN } }), { kind: 'carry over', unheeded: undefined }],
  ['a replaced access point, and a switch of an earlier deployment that stuck', update({ ActiveRegion: 'us-west-2', SwitchId: '1', old: { AccessPointArn: OLD_ARN } }), { kind: 'carry over', unheeded: undefined }],
  ['a replaced access point with ENFORCE', update({ OnRedeploy: 'ENFORCE', old: { AccessPointArn: OLD_ARN } }), { kind: 'carry over' }],
  ['a replaced access point and a switch at once', update({ ActiveRegion: 'eu-west-1', old: { AccessPointArn: OLD_ARN, ActiveRegion: 'unchanged' } }), { kind: 'carry over', unheeded: expect.stringContaining('deploy it again') }],
  ['ActiveRegion changed from unchanged', update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), { kind: 'switch', to: 'us-west-2' }],
  ['ActiveRegion changed from another Region', update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: 'us-east-1' } }), { kind: 'switch', to: 'us-west-2' }],
  ['ActiveRegion came with a new switch', update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: undefined } }), { kind: 'switch', to: 'us-west-2' }],
  ['SwitchId changed, same Region', update({ ActiveRegion: 'us-west-2', SwitchId: '2', old: { SwitchId: '1' } }), { kind: 'switch', to: 'us-west-2' }],
  ['SwitchId changed from empty', update({ ActiveRegion: 'us-west-2', SwitchId: '1', old: { SwitchId: '' } }), { kind: 'switch', to: 'us-west-2' }],
  ['a switch with ENFORCE', update({ OnRedeploy: 'ENFORCE', ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), { kind: 'switch', to: 'us-west-2' }],
  ['a switch with FAIL_ON_DRIFT', update({ OnRedeploy: 'FAIL_ON_DRIFT', ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), { kind: 'switch', to: 'us-west-2' }],
  ['a switch with whenLagging REFUSE', update({ WhenLagging: 'REFUSE', ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), { kind: 'switch', lag: { kind: 'checked' } }],
  ['a switch with whenLagging SWITCH', update({ WhenLagging: 'SWITCH', ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), { kind: 'switch', lag: { kind: 'not checked', why: "'whenLagging' is SWITCH" } }],
  ['a switch with a new SwitchId that forces', update({ WhenLagging: 'REFUSE', ActiveRegion: 'us-west-2', SwitchId: 'force-1', old: { SwitchId: '' } }), { kind: 'switch', lag: { kind: 'not checked', why: expect.stringContaining("begins with 'force-'") } }],
  ['a switch with a SwitchId that forced before', update({ WhenLagging: 'REFUSE', ActiveRegion: 'us-west-2', SwitchId: 'force-1', old: { ActiveRegion: 'us-east-1' } }), { kind: 'switch', lag: { kind: 'checked' } }],
  ['SwitchId changed while ActiveRegion is unchanged', update({ ActiveRegion: 'unchanged', SwitchId: '2', old: { SwitchId: '1' } }), { kind: 'fail', sentence: expect.stringMatching(/pass both/) }],
  ['nothing that matters changed, PRESERVE', update(), { kind: 'leave' }],
  ['nothing that matters changed, ENFORCE', update({ OnRedeploy: 'ENFORCE' }), { kind: 'submit', active: ['us-east-1'], isNew: false }],
  ['nothing that matters changed, ENFORCE with a parameter that stuck', update({ OnRedeploy: 'ENFORCE', ActiveRegion: 'us-west-2' }), { kind: 'submit', active: ['us-west-2'] }],
  ['nothing that matters changed, FAIL_ON_DRIFT', update({ OnRedeploy: 'FAIL_ON_DRIFT' }), { kind: 'fail on drift' }],
  ['ActiveRegion went back to unchanged', update({ ActiveRegion: 'unchanged', old: { ActiveRegion: 'us-west-2' } }), { kind: 'leave' }],
  ['a pipeline that passes no parameters after a switch', update({ ActiveRegion: 'unchanged', SwitchId: '', old: { ActiveRegion: 'us-west-2', SwitchId: '1' } }), { kind: 'leave' }],
  ['SwitchId emptied', update({ ActiveRegion: 'us-west-2', SwitchId: '', old: { SwitchId: '1' } }), { kind: 'leave' }],
  ['the switch was removed', update({ old: { ActiveRegion: 'us-west-2', SwitchId: '1' } }), { kind: 'leave' }],
  ['the routing changed', update({ ActiveRegions: ['eu-west-1'], old: { ActiveRegions: ['us-east-1'] } }), { kind: 'leave' }],
  ['the routing changed, ENFORCE', update({ OnRedeploy: 'ENFORCE', ActiveRegions: ['eu-west-1'], old: { ActiveRegions: ['us-east-1'] } }), { kind: 'submit', active: ['eu-west-1'] }],
  ['the old access point cannot be named', update({ old: { AccessPointArn: 'arn:aws:s3:us-east-1:111122223333:accesspoint/regional' } }), { kind: 'fail', sentence: expect.stringMatching(/routes of the old one cannot be read/) }],
  ['properties that cannot be', update({ OnRedeploy: 'SOMETIMES' }), { kind: 'fail', sentence: expect.stringMatching(/'OnRedeploy' must be one of PRESERVE, ENFORCE, FAIL_ON_DRIFT, got 'SOMETIMES'/) }],
];

describe('the stack goes forward', () => {
  test.each(rows)('%s', (_, options, expected) => {
    expect(said(planRoutes(facts(options, FORWARD)))).toMatchObject(expected);
  });
});

describe('the stack rolls back', () => {
  test.each(rows)('never moves traffic and never fails: %s', (_, options) => {
    expect(planRoutes(facts(options, BACK)).kind).toBe('leave');
  });

  test('says which status it goes by', () => {
    expect(planRoutes(facts(update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: 'us-east-1' } }), BACK)).sentence).toMatch(/UPDATE_ROLLBACK_IN_PROGRESS.*never moves traffic/);
  });

  test('goes back from properties that could not be', () => {
    expect(planRoutes(facts(update({ old: { OnRedeploy: 'SOMETIMES', AccessPointArn: 'nonsense' } }), BACK)).kind).toBe('leave');
  });
});

describe('the status of the stack cannot be read', () => {
  test.each(rows.filter(([, , plan]) => ['submit', 'carry over', 'switch'].includes(String(plan.kind))))('fails when traffic would move: %s', (_, options) => {
    const plan = planRoutes(facts(options, UNREADABLE));
    expect(plan).toMatchObject({ kind: 'fail', sentence: expect.stringMatching(/could not tell whether the stack is rolling back.*no answer; deploy again/) });
  });

  test.each(rows.filter(([, , plan]) => ['leave', 'fail', 'fail on drift'].includes(String(plan.kind))))('changes nothing where traffic stays: %s', (_, options, expected) => {
    expect(said(planRoutes(facts(options, UNREADABLE)))).toMatchObject(expected);
  });
});

describe('the status of the stack', () => {
  test.each(rows)('is asked for unless traffic stays anyway: %s', (_, options, expected) => {
    expect(planRoutes(facts(options)).kind).toBe(expected.kind === 'leave' ? 'leave' : 'ask for the stack status');
  });

  test.each([undefined, FORWARD, BACK, UNREADABLE])('does not matter to a delete, nor do properties that cannot be', (stack) => {
    expect(planRoutes(facts({ RequestType: 'Delete', OnRedeploy: 'SOMETIMES' }, stack)).kind).toBe('nothing');
  });
});

describe('each plan says in one sentence what is done, and why', () => {
  const sentence = (options: EventOptions, stack: StackFacts | undefined = FORWARD) => planRoutes(facts(options, stack)).sentence;

  test.each<[EventOptions, string]>([
    [{ RequestType: 'Delete' }, 'nothing to do: routes go when their access point goes'],
    [create({ ActiveRegions: ['us-east-1', 'eu-west-1'] }), 'first deployment: us-east-1, eu-west-1 to be active'],
    [update({ old: { AccessPointArn: OLD_ARN } }), `the access point was replaced: the routes of ${OLD_ARN.split('/')[1]} go to mfzwi23gnjvgw.mrap`],
    [update({ ActiveRegion: 'unchanged', SwitchId: '2', old: { SwitchId: '1' } }), "'SwitchId' changed to '2' while 'ActiveRegion' names no Region; pass both, the Region (eu-west-1, us-east-1, us-west-2) and a new switch id"],
    [update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: 'us-east-1' } }), "switch to us-west-2: 'ActiveRegion' was us-east-1 before"],
    [update({ ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } }), "switch to us-west-2: 'ActiveRegion' was unchanged before"],
    [update({ ActiveRegion: 'us-west-2', SwitchId: '2', old: { SwitchId: '1' } }), "switch to us-west-2: 'SwitchId' changed to '2'"],
    [update(), 'no switch was asked for: live routes stay as they are (PRESERVE)'],
    [update({ OnRedeploy: 'ENFORCE' }), 'us-east-1 to be active, as each deployment asks (ENFORCE)'],
    [update({ OnRedeploy: 'FAIL_ON_DRIFT' }), 'no switch was asked for: live routes must be as deployed, us-east-1 active (FAIL_ON_DRIFT)'],
  ])('%j: %s', (options, expected) => {
    expect(sentence(options)).toBe(expected);
  });

  test('which the question for the status of the stack repeats', () => {
    expect(planRoutes(facts(create())).sentence).toBe("the stack's status decides whether to go on: first deployment: us-east-1 to be active");
  });
});

test('an update that knows nothing of what was before compares with nothing, and replaces no access point', () => {
  expect(planRoutes({ ...facts(update(), FORWARD), previous: undefined })).toMatchObject({ kind: 'leave' });
  expect(planRoutes({ ...facts(update({ ActiveRegion: 'us-west-2' }), FORWARD), previous: {} })).toMatchObject({ kind: 'switch', to: 'us-west-2' });
});

test('a switch id that stuck from an earlier deployment asks for nothing', () => {
  const stuck = facts(update({ ActiveRegion: 'us-west-2', SwitchId: '1' }), FORWARD);
  expect(planRoutes({ ...stuck, previous: { activeRegion: 'us-west-2', switchId: '1', accessPointArn: undefined } })).toMatchObject({ kind: 'leave' });
  expect(planRoutes({ ...stuck, previous: { activeRegion: 'us-west-2', switchId: '0', accessPointArn: undefined } })).toMatchObject({ kind: 'switch' });
});
