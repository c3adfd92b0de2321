import { routesWith, type Routes } from '../../../runtime/core/routes/routes';
import { handleRoutes } from '../../../runtime/handlers/routes';
import type { CustomResourceEvent, HandlerResult } from '../../../runtime/handlers/types';
import { ControlPlane, endpointsByArn, type Script } from '../support/control-plane';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { ARN, makeEvent, noLag, noRegister, OLD_ARN, REGIONS, type EventOptions } from '../support/routes-event';
import { VirtualClock } from '../support/virtual-clock';

const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const only = (region: string, members = REGIONS) => routesWith([region], members);
const all = routesWith(REGIONS, REGIONS);
const dead: Script = { read: [{ silent: true }], submit: [{ silent: true }] };
const everywhere = (script: Script, but: { [endpoint: string]: Script } = {}) => ({ ...Object.fromEntries(FIVE.map((region) => [region, script])), ...but });

interface World {
  readonly live?: Routes;
  readonly scripts?: { [endpoint: string]: Script };
  /** Live routes of the access point before, when there is one. */
  readonly old?: Routes;
  readonly oldScripts?: { [endpoint: string]: Script };
  readonly status?: string | Error;
  readonly seconds?: number;
  readonly before?: ConstructorParameters<typeof ControlPlane>[4];
}

async function handle(event: CustomResourceEvent, { live = all, scripts, old = all, oldScripts, status = 'UPDATE_IN_PROGRESS', seconds = 800, before }: World = {}) {
  const clock = new VirtualClock();
  const plane = new ControlPlane(clock, live, scripts, FIVE, before);
  const oldPlane = new ControlPlane(clock, old, oldScripts, FIVE);
  const log = new MemoryLog();
  let asked = 0;
  const stackStatus = {
    read: async () => {
      asked++;
      if (status instanceof Error) throw status;
      return status;
    },
  };
  const endpoints = endpointsByArn({ [ARN]: plane, [OLD_ARN]: oldPlane });
  const ended = await clock.run(() =>
    handleRoutes(event, { clock, random: seeded(3), log, deadline: seconds * 1000 }, { endpoints, stackStatus, lag: noLag, register: noRegister }).then(
      (result): { result: HandlerResult; reason?: undefined } => ({ result }),
      (error: Error): { result?: undefined; reason: string } => ({ reason: error.message }),
    ),
  );
  expect(clock.pendingTimers).toBe(plane.landing + oldPlane.landing);
  expect(clock.now()).toBeLessThanOrEqual(seconds * 1000);
  return { ...ended, plane, oldPlane, clock, log, asked, data: ended.result?.Data };
}

const create = (options: Partial<EventOptions> = {}) => makeEvent({ ...options, RequestType: 'Create' });
const update = (options: Partial<EventOptions> = {}) => makeEvent({ PhysicalResourceId: 'routes/first.mrap', ...options, RequestType: 'Update' });
const toWest = { ActiveRegion: 'us-west-2', old: { ActiveRegion: 'unchanged' } };

describe('delete', () => {
  test('does nothing, even with properties that cannot be', async () => {
    const { result, plane, asked } = await handle(makeEvent({ RequestType: 'Delete', AccessPointArn: 'nonsense' }));
    expect(result).toEqual({ PhysicalResourceId: 'routes/first.mrap', Data: {} });
    expect([plane.calls, asked]).toEqual([[], 0]);
  });
});

describe('create', () => {
  test('makes the Region of the routing the only active one', async () => {
    const { data, result, plane } = await handle(create());
    expect(plane.live).toEqual(only('us-east-1'));
    expect(result?.PhysicalResourceId).toBe('routes/mfzwi23gnjvgw.mrap');
    expect(data).toEqual({ ActiveRegions: 'us-east-1', Drift: '', Proof: 'read back elsewhere' });
  });

  test('leaves every Region active for latency, and says that nothing was sent', async () => {
    const { data, plane, log } = await handle(create({ ActiveRegions: REGIONS }));
    expect(plane.submits).toEqual([]);
    expect(data).toMatchObject({ ActiveRegions: 'eu-west-1,us-east-1,us-west-2', Drift: '' });
    expect(log.lines.at(-1)?.fields.sentence).toContain('nothing was sent');
  });

  test('takes the Region of the parameter when there is one', async () => {
    const { plane } = await handle(create({ ActiveRegion: 'eu-west-1' }));
    expect(plane.live).toEqual(only('eu-west-1'));
  });

  test('waits until the control endpoints know the access point and the permission', async () => {
    const scripts = everywhere({ read: [{ fails: 'no such access point' }, { fails: 'forbidden' }, {}], submit: [{ fails: 'forbidden' }, {}] });
    const { data, clock } = await handle(create(), { scripts });
    expect(data?.Proof).toBe('read back elsewhere');
    expect(clock.now()).toBeGreaterThan(100);
  });

  test('fails when the access point stays unknown, long before the function would time out', async () => {
    const { reason, clock } = await handle(create(), { scripts: everywhere({ read: [{ fails: 'no such access point' }] }) });
    expect(reason).toMatch(/there is no Multi-Region Access Point .*\(404 NoSuchMultiRegionAccessPoint/);
    expect(clock.now()).toBeLessThan(300_000);
  });

  test('fails when the Regions of the access point are others than the template says', async () => {
    const { reason, plane } = await handle(create(), { live: routesWith(['us-east-1'], ['us-east-1', 'us-west-2']) });
    expect(reason).toMatch(/must name each member of the access point \(us-east-1, us-west-2\), got eu-west-1, us-east-1, us-west-2/);
    expect(plane.submits).toEqual([]);
  });
});

describe('switch', () => {
  test('moves traffic to the Region of the parameter', async () => {
    const { data, result, plane } = await handle(update(toWest), { live: only('us-east-1') });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(plane.submits).toHaveLength(1);
    expect(result?.PhysicalResourceId).toBe('routes/first.mrap');
    expect(data).toEqual({ ActiveRegions: 'us-west-2', Drift: '', Proof: 'read back elsewhere' });
  });

  test.each(REGIONS.filter((region) => region !== 'us-west-2'))('does so with the endpoint in %s dead', async (region) => {
    const { data, plane, clock } = await handle(update(toWest), { live: only('us-east-1'), scripts: { [region]: dead } });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(data?.Proof).toBe('read back elsewhere');
    expect(clock.now()).toBeLessThan(5_000);
  });

  test('does so with four endpoints dead, and reports that nobody else could confirm it', async () => {
    const { data, plane } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere(dead, { 'ap-northeast-1': {} }) });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(data?.Proof).toBe('read back');
  });

  test('asks the endpoint of the Region that traffic leaves only after the others', async () => {
    const { plane } = await handle(update(toWest), { live: only('us-east-1'), scripts: { 'us-east-1': { latencyMs: 1 } } });
    expect(plane.submits.map((submit) => submit.endpoint)).toEqual(['us-west-2']);
  });

  test('is made again by a new switch id, after someone moved traffic by hand', async () => {
    const { plane } = await handle(update({ ActiveRegion: 'us-west-2', SwitchId: '2', old: { SwitchId: '1' } }), { live: only('eu-west-1') });
    expect(plane.live).toEqual(only('us-west-2'));
  });

  test('sends nothing when the Region is the only active one already, and says so', async () => {
    const { data, plane, log } = await handle(update(toWest), { live: only('us-west-2') });
    expect(plane.submits).toEqual([]);
    expect(data).toEqual({ ActiveRegions: 'us-west-2', Drift: '', Proof: 'read back elsewhere' });
    expect(log.lines.at(-1)?.fields.sentence).toMatch(/nothing was sent: the routes are already as wanted/);
  });

  test('fails when a new switch id comes without a Region', async () => {
    const { reason, plane } = await handle(update({ ActiveRegion: 'unchanged', SwitchId: '2', old: { SwitchId: '1' } }), { live: only('us-east-1') });
    expect(reason).toMatch(/'SwitchId' changed to '2' while 'ActiveRegion' names no Region; pass both/);
    expect(plane.calls).toEqual([]);
  });

  test('fails when somebody moves traffic elsewhere at the same time, and leaves that move alone', async () => {
    let reads = 0;
    const { reason, plane } = await handle(update(toWest), {
      live: only('us-east-1'),
      before: (call, _, world) => {
        if (call === 'read' && ++reads === 2) world.move(only('eu-west-1'));
      },
    });
    expect(reason).toMatch(/live routes are not what the plan was made from/);
    expect(plane.live).toEqual(only('eu-west-1'));
  });

  test('fails when every endpoint refuses, and lists each', async () => {
    const { reason, clock } = await handle(update(toWest), { scripts: everywhere({ read: [{ fails: 'forbidden' }] }) });
    for (const region of FIVE) expect(reason).toContain(`${region}: forbidden`);
    expect(clock.now()).toBeLessThan(5_000);
  });

  test('fails when no endpoint answers, long before the function would time out', async () => {
    const { reason, clock } = await handle(update(toWest), { scripts: everywhere(dead) });
    expect(reason).toMatch(/no control endpoint told the routes/);
    expect(clock.now()).toBeLessThan(120_000);
  });

  test('fails when it was accepted and no endpoint shows it', async () => {
    const stale: Script = { read: [{ tells: only('us-east-1') }] };
    const { reason } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere(stale) });
    expect(reason).toMatch(/was accepted by us-west-2 and does not show on reading/);
  });

  test('fails when living endpoints do not show what the one that took it shows', async () => {
    const stale: Script = { read: [{ tells: only('us-east-1') }] };
    const { reason } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere(stale, { 'us-west-2': { read: [{}] } }) });
    expect(reason).toMatch(/other endpoints do not show it/);
  });

  test('succeeds when a submit without a last word lands late', async () => {
    const scripts = everywhere({ submit: [{ fails: 'forbidden' }] }, { 'us-west-2': { submit: [{ silent: true, landsAfterMs: 30_000 }, { fails: 'forbidden' }] } });
    const { data, plane, clock } = await handle(update(toWest), { live: only('us-east-1'), scripts });
    expect(clock.now()).toBeGreaterThan(30_000);
    expect(plane.live).toEqual(only('us-west-2'));
    expect(data).toMatchObject({ ActiveRegions: 'us-west-2', Proof: 'read back elsewhere' });
  });

  test('succeeds when it was accepted and shows later than a proof waits', async () => {
    const late: Script = { read: [...Array.from({ length: 22 }, () => ({ tells: only('us-east-1') })), {}] };
    const { data, clock } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere(late) });
    expect(clock.now()).toBeGreaterThan(30_000);
    expect(data).toMatchObject({ ActiveRegions: 'us-west-2', Proof: 'read back elsewhere' });
  });

  test('fails when a late landing shows at one endpoint and the others keep showing the past', async () => {
    const past: Script = { read: [{ tells: only('us-east-1') }], submit: [{ fails: 'forbidden' }] };
    const scripts = everywhere(past, { 'us-west-2': { submit: [{ silent: true, landsAfterMs: 30_000 }, { fails: 'forbidden' }] } });
    const { reason } = await handle(update(toWest), { live: only('us-east-1'), scripts });
    expect(reason).toMatch(/has landed: active us-west-2.*could not be confirmed: us-east-1, .*: active us-east-1.*; us-west-2: active us-west-2/);
  });

  test('fails when no endpoint answers any more, long before the function would time out', async () => {
    const { reason, clock, plane } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere(dead, { 'us-east-1': { read: [{}, { silent: true }] } }) });
    expect(reason).toMatch(/no control endpoint told the routes/);
    expect(plane.submits).toEqual([]);
    expect(clock.now()).toBeLessThan(400_000);
  });

  test('fails as unknown, with what to run, when the last word stays lost', async () => {
    const { reason, plane } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere({ submit: [{ silent: true }] }) });
    expect(reason).toMatch(/unknown: the routes are one of two states.*to find out, run: aws s3control get-multi-region-access-point-routes .*the routes stayed active us-east-1/);
    expect(plane.live).toEqual(only('us-east-1'));
  });

  test('ends before its deadline even when time is short', async () => {
    const { reason, clock } = await handle(update(toWest), { live: only('us-east-1'), scripts: everywhere({ submit: [{ silent: true }] }), seconds: 20 });
    expect(reason).toMatch(/unknown: .*; the routes stayed active us-east-1, .* in \d of \d looks$/);
    expect(clock.now()).toBeLessThanOrEqual(20_000);
  });
});

describe('redeploy after someone moved traffic by hand', () => {
  const moved = { live: only('eu-west-1') };

  test('PRESERVE leaves it and reports the drift', async () => {
    const { data, plane } = await handle(update(), moved);
    expect(plane.submits).toEqual([]);
    expect(data).toEqual({
      ActiveRegions: 'eu-west-1',
      Drift: 'live routes differ from the template: live active eu-west-1, passive us-east-1, us-west-2; asked for active us-east-1, passive eu-west-1, us-west-2',
      Proof: 'read back elsewhere',
    });
  });

  test('ENFORCE moves it back', async () => {
    const { data, plane } = await handle(update({ OnRedeploy: 'ENFORCE' }), moved);
    expect(plane.live).toEqual(only('us-east-1'));
    expect(data).toMatchObject({ ActiveRegions: 'us-east-1', Drift: '' });
  });

  test('ENFORCE goes by the parameter that stuck', async () => {
    const { plane } = await handle(update({ OnRedeploy: 'ENFORCE', ActiveRegion: 'us-west-2' }), moved);
    expect(plane.live).toEqual(only('us-west-2'));
  });

  test('FAIL_ON_DRIFT fails and changes nothing', async () => {
    const { reason, plane } = await handle(update({ OnRedeploy: 'FAIL_ON_DRIFT' }), moved);
    expect(reason).toMatch(/live routes differ from the template: live active eu-west-1.*nothing was changed \(FAIL_ON_DRIFT\)/);
    expect(plane.live).toEqual(only('eu-west-1'));
  });

  test('FAIL_ON_DRIFT passes when nothing was moved', async () => {
    const { data } = await handle(update({ OnRedeploy: 'FAIL_ON_DRIFT' }), { live: only('us-east-1') });
    expect(data).toMatchObject({ ActiveRegions: 'us-east-1', Drift: '' });
  });

  test('FAIL_ON_DRIFT fails when it cannot tell', async () => {
    const { reason } = await handle(update({ OnRedeploy: 'FAIL_ON_DRIFT' }), { scripts: everywhere(dead) });
    expect(reason).toMatch(/could not tell whether traffic was moved/);
  });
});

describe('an update that asks for no switch', () => {
  test('passes no parameters after a switch: traffic stays where it was switched to', async () => {
    const { data, plane } = await handle(update({ ActiveRegion: 'unchanged', SwitchId: '', old: { ActiveRegion: 'us-west-2', SwitchId: '1' } }), { live: only('us-west-2') });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(plane.submits).toEqual([]);
    expect(data?.ActiveRegions).toBe('us-west-2');
  });

  test('removes the switch: traffic stays', async () => {
    const { plane } = await handle(update({ old: { ActiveRegion: 'us-west-2', SwitchId: '1' } }), { live: only('us-west-2') });
    expect(plane.live).toEqual(only('us-west-2'));
  });

  test('changes the routing: traffic stays, and the drift is reported', async () => {
    const { data, plane } = await handle(update({ ActiveRegions: ['eu-west-1'], old: { ActiveRegions: ['us-east-1'] } }), { live: only('us-east-1') });
    expect(plane.live).toEqual(only('us-east-1'));
    expect(data?.Drift).toMatch(/live active us-east-1.*asked for active eu-west-1/);
  });

  test('succeeds while no endpoint can be read, and says that in place of the drift', async () => {
    const { data, clock } = await handle(update(), { scripts: everywhere(dead) });
    expect(data).toEqual({ ActiveRegions: '', Drift: expect.stringMatching(/^live routes could not be read: no good answer: us-east-1: timed out/), Proof: '' });
    expect(clock.now()).toBeLessThan(10_000);
  });

  test('reports endpoints that disagree', async () => {
    const { data } = await handle(update(), { live: only('us-east-1'), scripts: { 'eu-west-1': { read: [{ tells: only('eu-west-1') }] } } });
    expect(data?.Drift).toMatch(/^the control endpoints disagree about live routes: us-east-1, .*; eu-west-1: active eu-west-1/);
  });

  test('needs no stack status', async () => {
    const { asked, data } = await handle(update(), { status: new Error('AccessDenied'), live: only('us-east-1') });
    expect(asked).toBe(0);
    expect(data?.Drift).toBe('');
  });
});

describe('a replaced access point', () => {
  const replaced = update({ old: { AccessPointArn: OLD_ARN } });

  test("gets the old one's live routes, not those of the template", async () => {
    const { data, plane, oldPlane } = await handle(replaced, { old: only('us-west-2') });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(oldPlane.submits).toEqual([]);
    expect(data).toMatchObject({ ActiveRegions: 'us-west-2', Proof: 'read back elsewhere', Drift: expect.stringMatching(/live active us-west-2.*asked for active us-east-1/) });
  });

  test('starts its new Regions as passive', async () => {
    const { plane } = await handle(replaced, { old: only('us-west-2', ['us-east-1', 'us-west-2']) });
    expect(plane.live).toEqual(only('us-west-2'));
  });

  test('keeps the active Regions that are still there, and names the others', async () => {
    const { plane, data } = await handle(replaced, { old: routesWith(['us-west-2', 'ap-south-1'], ['us-west-2', 'us-east-1', 'ap-south-1']) });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(data?.Drift).toContain('active before and no longer a Region of the access point: ap-south-1');
  });

  test('fails when no active Region of the old one is still there', async () => {
    const { reason, plane } = await handle(replaced, { old: only('ap-south-1', ['us-east-1', 'ap-south-1']) });
    expect(reason).toMatch(/none of its active Regions \(ap-south-1\) is a Region of the new one \(eu-west-1, us-east-1, us-west-2\), so nothing was sent/);
    expect(plane.submits).toEqual([]);
  });

  test('fails when the routes of the old one cannot be read', async () => {
    const { reason, plane } = await handle(replaced, { oldScripts: everywhere({ read: [{ fails: 'bad request' }] }) });
    expect(reason).toMatch(/the routes of the old access point could not be read, so nothing was sent/);
    expect(plane.submits).toEqual([]);
  });

  test('waits until the permission on the old one is known', async () => {
    const { plane } = await handle(replaced, { old: only('us-west-2'), oldScripts: everywhere({ read: [{ fails: 'forbidden' }, {}] }) });
    expect(plane.live).toEqual(only('us-west-2'));
  });

  test('says so when a switch was asked for in the same deployment', async () => {
    const { plane, data } = await handle(update({ ActiveRegion: 'eu-west-1', old: { AccessPointArn: OLD_ARN, ActiveRegion: 'unchanged' } }), { old: only('us-west-2') });
    expect(plane.live).toEqual(only('us-west-2'));
    expect(data?.Drift).toMatch(/the switch asked for in the same deployment was not made; deploy it again with a new switch id/);
  });
});

describe('a rollback', () => {
  const back = { status: 'UPDATE_ROLLBACK_IN_PROGRESS' };

  test.each<[name: string, event: CustomResourceEvent]>([
    ['a failed update after traffic moved', update({ ActiveRegion: 'unchanged', old: { ActiveRegion: 'us-west-2' } })],
    ['from one Region to another', update({ ActiveRegion: 'us-east-1', old: { ActiveRegion: 'us-west-2' } })],
    ['with ENFORCE', update({ OnRedeploy: 'ENFORCE' })],
    ['with FAIL_ON_DRIFT', update({ OnRedeploy: 'FAIL_ON_DRIFT' })],
    ['of a switch id', update({ ActiveRegion: 'us-east-1', SwitchId: '1', old: { SwitchId: '2' } })],
    ['of a replaced access point', update({ old: { AccessPointArn: OLD_ARN } })],
    ['from properties that could not be', update({ ActiveRegion: 'us-east-1', old: { ActiveRegion: 'eu-north-1', OnRedeploy: 'SOMETIMES' } })],
  ])('leaves traffic where it is: %s', async (_, event) => {
    const { data, plane, oldPlane } = await handle(event, { ...back, live: only('us-west-2') });
    expect(plane.live).toEqual(only('us-west-2'));
    expect([...plane.submits, ...oldPlane.submits]).toEqual([]);
    expect(data?.ActiveRegions).toBe('us-west-2');
  });

  test('succeeds while no endpoint can be read: a rollback must not hang on that', async () => {
    const { data } = await handle(update(toWest), { ...back, scripts: everywhere(dead) });
    expect(data?.Drift).toMatch(/could not be read/);
  });

  test('succeeds to properties that cannot be', async () => {
    const { data } = await handle(update({ AccessPointArn: 'nonsense' }), back);
    expect(data).toEqual({ ActiveRegions: '', Drift: 'live routes were not read: the properties name no access point', Proof: '' });
  });
});

describe('the status of the stack cannot be read', () => {
  const blind = { status: new Error('CloudFormation is away') };

  test.each<[name: string, event: CustomResourceEvent]>([
    ['a first deployment', create()],
    ['a switch', update(toWest)],
    ['a replaced access point', update({ old: { AccessPointArn: OLD_ARN } })],
    ['ENFORCE', update({ OnRedeploy: 'ENFORCE' })],
  ])('fails with the reason, after retries: %s', async (_, event) => {
    const { reason, plane, asked } = await handle(event, blind);
    expect(reason).toMatch(/could not tell whether the stack is rolling back.*CloudFormation is away/);
    expect(plane.submits).toEqual([]);
    expect(asked).toBeGreaterThan(3);
  });

  test('FAIL_ON_DRIFT still passes when nothing was moved', async () => {
    expect((await handle(update({ OnRedeploy: 'FAIL_ON_DRIFT' }), { ...blind, live: only('us-east-1') })).data?.Drift).toBe('');
  });
});

test('a note that is too long for CloudFormation is cut', async () => {
  const detail = 'x'.repeat(3_000);
  const { data } = await handle(update(), { scripts: everywhere({ read: [{ throws: detail }] }) });
  expect(data!.Drift.length).toBeLessThan(1_600);
});
