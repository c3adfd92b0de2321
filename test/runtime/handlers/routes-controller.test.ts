import { CallError } from '../../../runtime/core/calls/call-error';
import { claimed } from '../../../runtime/core/controller/register-moves';
import { formatRegister, parseRegister, REGISTER, type RegisterState } from '../../../runtime/core/controller/register-state';
import { routesWith } from '../../../runtime/core/routes/routes';
import { handleRoutes } from '../../../runtime/handlers/routes';
import { MemoryTable } from '../core/controller/memory-table';
import { CONTROLLER } from '../support/controlled';
import { ControlPlane, type Script } from '../support/control-plane';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { makeEvent, noLag, OLD_ARN, REGIONS, type EventOptions } from '../support/routes-event';
import { VirtualClock } from '../support/virtual-clock';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const IRELAND = 'eu-west-1';
const VOTERS = CONTROLLER.policy.voters;

interface Setting {
  /** The register before the deployment; absent: a table without one. */
  readonly register?: Partial<RegisterState>;
  readonly active?: string;
  readonly status?: string;
  /** What each replica rejects with, by Region, for so many calls. */
  readonly fails?: (region: string, call: number) => CallError | undefined;
  readonly script?: Script;
  readonly meanwhile?: (table: MemoryTable) => void;
}

const failure = (code: string, status?: number) => (region: string) => new CallError({ call: 'dynamodb GetItem', region, code, ...(status && { status }), reason: 'scripted' });
const toWest = (options: Partial<EventOptions> = {}) => makeEvent({ RequestType: 'Update', ActiveRegion: WEST, Controller: JSON.stringify(CONTROLLER), ...options, old: { ActiveRegion: 'unchanged', ...options.old } } as EventOptions);

function begun(active: string, changed: Partial<RegisterState> = {}) {
  return formatRegister({ ...claimed(undefined, { id: 'first', kind: 'adopted', by: 'voter', why: 'begin', active: [active], coolDownMs: 0 }), ...changed });
}

async function deploy(event: ReturnType<typeof makeEvent>, { register, active = EAST, status = 'UPDATE_IN_PROGRESS', fails, script = {}, meanwhile }: Setting = {}) {
  const clock = new VirtualClock();
  const table = new MemoryTable(clock);
  if (register) table.write(REGISTER, begun(active, register));
  let calls = 0;
  const plane = new ControlPlane(clock, routesWith([active], REGIONS), Object.fromEntries([EAST, WEST, IRELAND, 'ap-southeast-2', 'ap-northeast-1'].map((region) => [region, script])), undefined, (call) => {
    if (call === 'submit') meanwhile?.(table);
  });
  const replica = (region: string) => {
    const real = table.as(region);
    const check = async <T>(go: () => Promise<T>): Promise<T> => {
      const error = fails?.(region, calls++);
      if (error) throw error;
      return go();
    };
    return { region, table: { get: (...given: Parameters<typeof real.get>) => check(() => real.get(...given)), list: (...given: Parameters<typeof real.list>) => check(() => real.list(...given)), put: (...given: Parameters<typeof real.put>) => check(() => real.put(...given)) } };
  };
  const wall = { now: () => 1_000_000 + clock.now(), iso: (at: number) => new Date(at).toISOString(), parse: Date.parse };
  const ports = { endpoints: plane.endpoints, stackStatus: { read: async () => status }, lag: noLag, register: () => ({ wall, replicas: VOTERS.map(replica) }) };
  const log = new MemoryLog();
  const ended = await clock.run(() =>
    handleRoutes(event, { clock, random: seeded(3), log, deadline: clock.now() + 820_000 }, ports).then(
      ({ Data }): { data?: typeof Data; reason?: string } => ({ data: Data }),
      (error: Error): { data?: undefined; reason?: string } => ({ reason: error.message }),
    ),
  );
  return {
    ...ended,
    plane,
    log,
    get register() {
      return parseRegister(table.items.get(REGISTER)!.item);
    },
  };
}

describe('a switch by stack parameter beside a controller', () => {
  test('takes the epoch as a person does, and says how it ended', async () => {
    const { data, register, plane } = await deploy(toWest(), { register: {} });
    expect(data).toMatchObject({ ActiveRegions: WEST });
    expect(plane.active).toEqual([WEST]);
    expect(register).toMatchObject({ epoch: 2, intent: [WEST], coolDownMs: 600_000, act: { kind: 'human', by: 'deployment of Media', state: 'done' }, excluded: [{ region: EAST, moved: true }] });
  });

  test('goes on without one where no control Region has a table yet', async () => {
    const { data, log } = await deploy(toWest(), { fails: failure('ResourceNotFoundException', 400) });
    expect(data).toMatchObject({ ActiveRegions: WEST });
    expect(log.lines.map(({ message }) => message)).toContainEqual(expect.stringMatching(/^there is no register yet in any control Region/));
  });

  test('waits until a permission that is new has spread', async () => {
    const { data, register } = await deploy(toWest(), { register: {}, fails: (region, call) => (call < 9 ? failure('AccessDeniedException', 400)(region) : undefined) });
    expect(data).toMatchObject({ ActiveRegions: WEST });
    expect(register).toMatchObject({ epoch: 2 });
  });

  test('works with two control Regions dead', async () => {
    const { data } = await deploy(toWest(), { register: {}, fails: (region) => (region === WEST ? undefined : failure('ECONNREFUSED')(region)) });
    expect(data).toMatchObject({ ActiveRegions: WEST });
  });

  test('that was refused by the endpoints leaves the register as it was', async () => {
    const { reason, register } = await deploy(toWest(), { register: {}, script: { submit: [{ fails: 'forbidden' }] } });
    expect(reason).toMatch(/every control endpoint refused/);
    expect(register).toMatchObject({ epoch: 2, intent: [EAST], coolDownMs: 0, excluded: [], act: { state: 'failed' } });
  });

  test.each([
    ['the brake is on', { register: { brake: { by: 'bob', why: 'a freeze' } } }, /nothing was sent: bob put the brake on: a freeze; release it with 's3-failover resume' and deploy again with a new switch id/],
    ['the register cannot be read in any control Region', { register: {}, fails: failure('ECONNREFUSED') }, /the controller's register could not be claimed, and a deployment moves no traffic past it: .*'s3-failover failover us-west-2 --without-register'/],
    ['the table is missing in two control Regions and the third does not answer', { fails: (region: string) => (region === WEST ? failure('ECONNREFUSED')(region) : failure('ResourceNotFoundException', 400)(region)) }, /could not be claimed/],
    ['the permission never comes', { register: {}, fails: failure('AccessDeniedException', 400) }, /could not be claimed.*AccessDeniedException/],
    ['the register cannot be understood', { register: { epoch: -1 } }, /'epoch' of the register must be a whole number/],
  ] satisfies [string, Setting, RegExp][])('fails when %s, and sends nothing', async (_, setting, words) => {
    const { reason, plane } = await deploy(toWest(), setting);
    expect(reason).toMatch(words);
    expect(plane.submits).toEqual([]);
  });

  test('fails when somebody else claims an act before the second send', async () => {
    const rival = (table: MemoryTable) => {
      const { item } = table.items.get(REGISTER)!;
      table.write(REGISTER, formatRegister(claimed(parseRegister(item), { id: 'rival', kind: 'human', by: 'bob', why: '', active: [IRELAND], coolDownMs: 1 })));
    };
    const { reason, plane, register } = await deploy(toWest(), { register: {}, script: { submit: [{ fails: 'conflict' }] }, meanwhile: rival });
    expect(reason).toMatch(/somebody else has claimed an act since: human by bob/);
    expect(plane.submits).toHaveLength(1);
    expect(register).toMatchObject({ intent: [IRELAND], act: { by: 'bob' } });
  });

  test('a rollback claims nothing', async () => {
    const { plane, register } = await deploy(toWest(), { register: {}, status: 'UPDATE_ROLLBACK_IN_PROGRESS' });
    expect(plane.submits).toEqual([]);
    expect(register).toMatchObject({ epoch: 1 });
  });
});

describe('other rows of the contract beside a controller', () => {
  const brake = { by: 'bob', why: 'a freeze' };

  test('a deployment that asks for no switch asks no register', async () => {
    const { data } = await deploy(toWest({ old: { ActiveRegion: WEST } }), { fails: failure('ECONNREFUSED') });
    expect(data).toMatchObject({ ActiveRegions: EAST, Drift: expect.stringMatching(/differ from the template/) });
  });

  test.each([
    ['first routes', toWest({ RequestType: 'Create', ActiveRegion: undefined })],
    ['routes of a new access point', toWest({ ActiveRegion: undefined, old: { AccessPointArn: OLD_ARN } })],
  ])('%s move no traffic, so that no brake is against them', async (_, event) => {
    const { data, register } = await deploy(event, { register: { brake } });
    expect(data).toMatchObject({ ActiveRegions: EAST });
    expect(register).toMatchObject({ epoch: 2, intent: [EAST], brake });
  });

  describe('FAIL_ON_DRIFT', () => {
    const event = toWest({ ActiveRegion: 'unchanged', OnRedeploy: 'FAIL_ON_DRIFT' });

    test('calls no drift what the register intends: the controller did what it is for', async () => {
      const { data, log } = await deploy(event, { active: WEST, register: {} });
      expect(data).toMatchObject({ ActiveRegions: WEST });
      expect(JSON.stringify(log.lines)).toContain("live routes are as the controller's register intends: us-west-2 active");
    });

    test('fails when live routes are neither as deployed nor as the register intends', async () => {
      expect((await deploy(event, { active: WEST, register: { intent: [IRELAND] } })).reason).toMatch(/differ from the template.*the controller's register intends eu-west-1; nothing was changed \(FAIL_ON_DRIFT\)/);
    });

    test.each([
      ['cannot be read', { fails: failure('ECONNREFUSED') }, /; the controller's register could not be read: .*FAIL_ON_DRIFT/],
      ['is not written yet', {}, /differ from the template.*FAIL_ON_DRIFT/],
    ])('fails when live routes are not as deployed and the register %s', async (_, setting: Setting, words) => {
      expect((await deploy(event, { active: WEST, ...setting })).reason).toMatch(words);
    });
  });

  test('fails when the property is no controller', async () => {
    expect((await deploy(toWest({ Controller: '{}' }))).reason).toMatch(/'Controller' must be a controller: 'table' must be a string/);
  });
});
