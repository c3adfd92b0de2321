import { policyOf } from '../../../../../runtime/core/controller/policy';
import { formatReport, reportKey, type Report, type Sight } from '../../../../../runtime/core/controller/report';
import { changesBetween } from '../../../../../runtime/core/operate/status/changes';
import { ControllerWatch } from '../../../../../runtime/core/operate/status/controller';
import { observeStatus, type StatusOptions } from '../../../../../runtime/core/operate/status/observe';
import { remarksOn } from '../../../../../runtime/core/operate/status/remarks';
import { beginRegister, CONTROLLED, CONTROLLER, withController } from '../../../support/controlled';
import { FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';
import { shell } from '../../../cli/support/shell';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const VOTERS = CONTROLLER.policy.voters;
const WELL: Sight = { result: 'ok', elsewhere: true };
const DOWN: Sight = { result: 'down', downForMs: 40_000, elsewhere: true, reason: 'no answer' };

let world: FakeEstate;
let hash: string;
let sequence: number;
beforeEach(() => {
  world = new FakeEstate(new VirtualClock(), { manifest: CONTROLLED });
  hash = policyOf({ ...CONTROLLER.policy, order: world.estate.members }).hash;
  sequence = 1;
  beginRegister(world, EAST);
});

/** Each voter puts its next report. */
function report(changed: Partial<Report> = {}, voters: readonly string[] = VOTERS): void {
  sequence++;
  for (const region of voters) {
    const observer = { role: 'voter', region } as const;
    const sights = Object.fromEntries(world.estate.members.map((one) => [one, WELL]));
    world.memory.write(reportKey(observer), formatReport({ observer, boot: 1, sequence, policy: hash, code: '1.2.0', regions: sights, ...changed }));
  }
}

/** A look, with voters that report each second meanwhile, or do not. */
async function look(options: StatusOptions & { readonly reporting?: boolean; readonly voters?: readonly string[]; readonly changed?: Partial<Report> } = {}) {
  const { reporting = false, voters, changed, ...rest } = options;
  const limits = { deadline: world.clock.now() + 20_000 };
  return world.clock.run(async () => {
    let over = false;
    const others = (async () => {
      for (let n = 0; reporting && n < 5 && !over; n++) {
        await world.clock.sleep(900);
        report(changed, voters);
      }
    })();
    const status = await observeStatus({ ...world.world(), ...withController(world) }, limits, rest);
    over = true;
    await others;
    return status;
  });
}

const sentences = (status: Awaited<ReturnType<typeof look>>) => remarksOn(status, world.wall).map(({ kind, sentence }) => `${kind} | ${sentence}`).join('\n');
const sightOf = (status: Awaited<ReturnType<typeof look>>) => (status.controller.kind === 'there' ? status.controller.sight! : (undefined as never));

test('voters that were seen to report decide as the controller would, in its own sentence', async () => {
  report();
  const status = await look({ reporting: true });
  expect(sightOf(status)).toMatchObject({ decision: { action: 'hold', reason: 'healthy' }, assumed: [], policies: [hash] });
  expect(sightOf(status).observers.slice(0, 3).map(({ reports, policy, code, says }) => [reports, policy, code, says])).toEqual(VOTERS.map(() => ['moving', 'as in the manifest', '1.2.0', []]));
  expect(sentences(status)).toMatch(/^fact \| the controller would hold now: us-east-1 is active, and no majority of voters calls it down$/m);
});

test('voters that were not seen to report in a short look are taken for fresh, which is said', async () => {
  report({ regions: { [EAST]: DOWN, [WEST]: WELL } });
  const status = await look();
  expect(sightOf(status)).toMatchObject({ decision: { action: 'hold', reason: 'suspect' }, assumed: VOTERS });
  expect(sentences(status)).toMatch(/^fact \| the controller would hold now, if the reports of us-east-1, us-east-2, us-west-2 are fresh, which a look of \d+ s could not show: us-east-1 is down to 3 voters for 40 s, and 60 s are needed$/m);
  expect(sightOf(status).observers[0].says).toEqual(['us-east-1 down, called down for 40 s (no answer)']);
});

test('a failover that is due is no mere fact', async () => {
  report({ regions: { [EAST]: { ...DOWN, downForMs: 100_000 }, [WEST]: WELL } });
  expect(sentences(await look())).toMatch(/^doubt \| the controller would fail over now.*us-west-2 takes over$/m);
});

test('the last act, its outcome and the cool-down stand beside it', async () => {
  report();
  beginRegister(world, EAST, { epoch: 7, coolDownMs: 90_000, act: { id: 'x', kind: 'failover', by: 'voter us-east-2', why: 'down', from: [WEST], quarantines: [], state: 'unknown', outcome: 'the last word was lost' } });
  const said = sentences(await look());
  expect(said).toMatch(/^doubt \| epoch 7, failover by voter us-east-2: unknown: the last word was lost$/m);
  expect(said).toMatch(/^fact \| its cool-down has at most .* left/m);
});

test('two policies hold everything, and it says so', async () => {
  report();
  report({ policy: 'other' }, [WEST]);
  const said = sentences(await look());
  expect(said).toMatch(/voters follow different policies, as during a deployment: us-west-2 differ/);
  expect(said).toMatch(/^doubt \| voters follow different policies/m);
});

test('a voter that never reported, and one that reports no more, are named', async () => {
  report({}, [EAST, WEST]);
  const watch = new ControllerWatch({ clock: world.clock, wall: world.wall, ...withController(world) });
  await look({ watch });
  report({}, [EAST, WEST]);
  await look({ watch });
  await world.clock.run(() => world.clock.sleep(60_000));
  report({}, [WEST]);
  const said = sentences(await look({ watch }));
  expect(said).toMatch(/^doubt \| the voter in us-east-2 never reported$/m);
  expect(said).toMatch(/^doubt \| the voter in us-east-1 reports no more$/m);
  expect(said).toMatch(/1 of the voters are heard, and 2 are needed/);
});

test('before the first look of a voter there is no register, and that is said', async () => {
  world.memory.items.clear();
  expect(sentences(await look())).toMatch(/the controller has not looked where traffic is: its register is not written yet/);
});

test('changes of the controller are changes to watch', async () => {
  report();
  const watch = new ControllerWatch({ clock: world.clock, wall: world.wall, ...withController(world) });
  const before = await look({ watch });
  beginRegister(world, EAST, { epoch: 2, brake: { by: 'bob', why: 'a freeze' } });
  report({ regions: { [EAST]: DOWN, [WEST]: WELL } }, [EAST]);
  const after = await look({ watch });
  expect(changesBetween(before, after)).toEqual([
    'controller epoch: 1 -> 2',
    'controller brake: off -> on, by bob: a freeze',
    'controller decision: hold (healthy) -> hold (paused)',
    'voter us-east-1: still -> moving, us-east-1 down',
  ]);
});

test('a table that is dead everywhere is unreadable, and no reason to see nothing else', async () => {
  for (const region of [EAST, 'us-east-2', WEST]) world.kill(region);
  const status = await look();
  expect(status.controller).toMatchObject({ kind: 'unreadable' });
  expect(status.regions).toHaveLength(3);
});

test('the verb shows observers in a table, and as a document', async () => {
  report();
  const { out } = await shell(world, ['status']);
  expect(out).toMatch(/OBSERVER +REPORTED +POLICY +CODE +SAYS\nus-east-1 +not seen to move yet +as in the manifest +1\.2\.0 +all well\n/);
  const document = JSON.parse((await shell(world, ['status', '--json'])).out) as { controller: object };
  expect(document.controller).toMatchObject({ kind: 'there', epoch: 1, intent: [EAST], coolDownLeftSeconds: 0, lastAct: { kind: 'adopted', state: 'done' }, mixedPolicies: false, decision: { action: 'hold', reason: 'healthy', assumedFresh: VOTERS } });
});
