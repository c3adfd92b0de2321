import { POLICY_VERBS } from '../../../../runtime/core/operate/policy/verbs';
import { beginRegister, CONTROLLED, registerOf } from '../../support/controlled';
import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { filledEstate } from '../support/filled-estate';
import { shell } from '../support/shell';

/** Whole acts, each of many turns. */
jest.setTimeout(60_000);

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const OPERATOR = 'arn:aws:iam::111122223333:user/operator';

/** An estate with a controller whose voters have taken their first look. */
function estate(changed: Parameters<typeof beginRegister>[2] | 'not written' = {}): FakeEstate {
  const world = new FakeEstate(new VirtualClock(), { propagationMs: 3_000, manifest: CONTROLLED });
  if (changed !== 'not written') beginRegister(world, EAST, changed);
  return world;
}

describe('steering the controller', () => {
  test.each([['written', {}], ['not written yet', 'not written' as const]])('pause, resume, exclude and include reach a register that is %s', async (_, begins) => {
    const world = estate(begins);
    expect(await shell(world, ['pause', '--why', 'maintenance'])).toMatchObject({ code: 0, out: "the controller moves no traffic until 's3-failover resume'\n" });
    expect(registerOf(world).brake).toEqual({ by: OPERATOR, why: 'maintenance' });
    expect(await shell(world, ['exclude', WEST, '--why', 'not deployed'])).toMatchObject({ code: 0, out: `${WEST} is excluded: the controller does not choose it\n` });
    expect(registerOf(world)).toMatchObject({ excluded: [{ region: WEST, why: 'not deployed' }], brake: { by: OPERATOR } });
    expect((await shell(world, ['include', WEST])).code).toBe(0);
    expect((await shell(world, ['resume'])).code).toBe(0);
    expect(registerOf(world)).toMatchObject({ excluded: [] });
    expect(registerOf(world).brake).toBeUndefined();
  });

  test('fails when no control Region answers, and does not say that there is no controller', async () => {
    const world = estate();
    for (const region of [EAST, 'us-east-2', WEST]) world.kill(region);
    const { code, out, err } = await shell(world, ['pause', '--why', 'x']);
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toMatch(/no controller/);
  });

  test('quarantine lift reaches a quarantine that only the register knows', async () => {
    const world = estate({ quarantined: [WEST] });
    const { code, err } = await shell(world, ['quarantine', 'lift', WEST, '--why', 'compared by hand', '--yes']);
    expect([code, err]).toEqual([0, expect.stringMatching(/us-west-2 is quarantined by the controller's register/)]);
    expect(registerOf(world).quarantined).toEqual([]);
    expect((await shell(world, ['quarantine', 'lift', WEST, '--why', 'again', '--yes'])).out).toMatch(/is not quarantined/);
  });
});

describe('acting beside the controller', () => {
  test('failover claims and settles', async () => {
    const world = estate();
    world.kill(EAST);
    expect((await shell(world, ['failover', WEST, '--yes'])).code).toBe(0);
    expect(registerOf(world)).toMatchObject({ epoch: 2, intent: [WEST], act: { kind: 'human', by: OPERATOR, state: 'done' } });
  });

  test('fails when the brake is on, exit code 3, with how to release it', async () => {
    const { code, out } = await shell(estate({ brake: { by: 'bob', why: 'a freeze' } }), ['switchover', WEST, '--yes']);
    expect(code).toBe(3);
    expect(out).toMatch(/bob put it on until it is released: a freeze[^]*s3-failover resume/);
  });

  test.each(['failover', 'switchover', 'routes set'])("'%s' has the way past a register that cannot be read", async (verb) => {
    expect((await shell(estate(), [...verb.split(' '), '--help'])).out).toMatch(/--without-register/);
  });

  test('a switchover puts the brake on for its time, and leaves none', async () => {
    const world = await filledEstate({ manifest: CONTROLLED });
    beginRegister(world, EAST);
    expect((await shell(world, ['switchover', WEST, '--yes'])).code).toBe(0);
    expect(registerOf(world)).toMatchObject({ epoch: 2, intent: [WEST], act: { state: 'done' }, excluded: [{ region: EAST, moved: true }] });
    expect(registerOf(world).brake).toBeUndefined();
  });

  test('a drill goes there and back by two epochs, braked in each switch, and bars no Region after it', async () => {
    const world = await filledEstate({ manifest: CONTROLLED });
    beginRegister(world, EAST);
    const braked: (string | undefined)[] = [];
    const { endpoints } = world.plane;
    for (const endpoint of endpoints) {
      const submit = endpoint.submit.bind(endpoint);
      Object.assign(endpoint, { submit: (...given: Parameters<typeof submit>) => (braked.push(registerOf(world).brake?.why), submit(...given)) });
    }
    const { code, out } = await shell(world, ['drill', WEST, '--yes', '--steady', '5', '--json']);
    expect([code, out.includes('"passed"')]).toEqual([0, true]);
    expect(braked).toEqual([`switchover to ${WEST}`, `switchover to ${EAST}`]);
    expect(registerOf(world)).toMatchObject({ epoch: 3, intent: [EAST], act: { state: 'done' }, excluded: [{ region: WEST, moved: true }] });
    expect(registerOf(world).brake).toBeUndefined();
  });
});

describe('when not all that the controller did can be read', () => {
  const torn = () => {
    const world = estate();
    world.memory.write('history/03', { version: 1, nonsense: true });
    return world;
  };

  test.each([[['failover', WEST]], [['switchover', WEST]], [['drill', WEST]], [['routes', 'set', `${EAST}=passive`, `${WEST}=active`, 'eu-west-1=passive']]])('the plan of %j says that a quarantine may be missing', async (line) => {
    const missing = /not all that the controller did could be read, so that a quarantine may be missing: 'epoch' of history\/03/;
    const options = [...line, '--dry-run', '--json'];
    const said = async (world: FakeEstate) => shell(world, options).then(({ out, err }) => out + err);
    expect(await said(torn())).toMatch(missing);
    expect(await said(estate())).not.toMatch(/a quarantine may be missing/);
  });

  test('a failover goes on all the same', async () => {
    const world = torn();
    world.kill(EAST);
    expect((await shell(world, ['failover', WEST, '--yes'])).code).toBe(0);
  });

  test('quarantine lift fails where nothing says that there is one: it may be the very one', async () => {
    const { code, err } = await shell(torn(), ['quarantine', 'lift', WEST, '--why', 'compared by hand', '--yes']);
    expect([code, err]).toEqual([1, expect.stringMatching(/could not be read, so that it is not known whether us-west-2 is quarantined/)]);
  });
});

test('history shows what the controller did among the rest', async () => {
  const world = estate();
  world.kill(EAST);
  await shell(world, ['failover', WEST, '--yes']);
  world.memory.write('history/02', { version: 1, epoch: 2, id: 'a-b', kind: 'failover', by: 'voter us-east-2', why: 'down', from: ['eu-west-1'], to: [EAST], quarantines: ['eu-west-1'], lifts: [], state: 'done', outcome: 'as wanted', began: '2026-11-24T02:00:00.000Z', ended: '2026-11-24T02:00:04.000Z' });
  const { out } = await shell(world, ['history']);
  expect(out).toMatch(/failover\s+forced\s+us-east-1\s+us-west-2\s+served[^]*2026-11-24 02:00:00Z\s+automatic failover\s+forced\s+eu-west-1\s+us-east-1\s+done\s+-\s+voter us-east-2/);
});

describe('policies', () => {
  const TABLES = [EAST, 'us-east-2', WEST].map((region) => `arn:aws:dynamodb:${region}:111122223333:table/media-controller`);
  const tableActions = async (verb: string) => {
    const { out } = await shell(estate(), ['policy', ...verb.split(' ')]);
    const statements = out === '' ? [] : (JSON.parse(out) as { Statement: { Action: string[]; Resource: string[] }[] }).Statement;
    const ofTable = statements.filter(({ Action }) => Action.some((action) => action.startsWith('dynamodb:')));
    for (const { Resource } of ofTable) expect(Resource).toEqual(TABLES);
    return ofTable.flatMap(({ Action }) => Action).sort();
  };

  test.each(['status', 'watch', 'doctor'])('%s may only read the table', async (verb) => {
    expect(await tableActions(verb)).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
  });

  test.each(['pause', 'resume', 'exclude', 'include'])('%s may read and write the register alone', async (verb) => {
    expect(await tableActions(verb)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem']);
  });

  test.each(['failover', 'switchover', 'routes set', 'drill', 'quarantine lift', 'reconcile'])('%s may claim, and read what the controller did', async (verb) => {
    expect(await tableActions(verb)).toEqual(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']);
  });

  test('no other verb may write to it', async () => {
    const writers = [];
    for (const verb of POLICY_VERBS) if ((await tableActions(verb)).includes('dynamodb:PutItem')) writers.push(verb);
    expect(writers.sort()).toEqual(['drill', 'exclude', 'failover', 'include', 'pause', 'quarantine lift', 'reconcile', 'resume', 'routes set', 'switchover']);
  });
});
