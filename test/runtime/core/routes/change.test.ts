import { parseAccessPointArn } from '../../../../runtime/core/routes/access-point';
import { CHANGE_TIMES, changeRoutes, type ChangeRequest } from '../../../../runtime/core/routes/change';
import { always, ifStill } from '../../../../runtime/core/routes/decision';
import type { ChangeEvent } from '../../../../runtime/core/routes/change-result';
import type { FailureKind } from '../../../../runtime/core/routes/failure';
import { routesWith, type Routes } from '../../../../runtime/core/routes/routes';
import { ControlPlane, type Fault, type Script } from '../../support/control-plane';
import { MemoryLog } from '../../support/log';
import { seeded } from '../../support/random';
import { ARN, REGIONS } from '../../support/routes-event';
import { VirtualClock } from '../../support/virtual-clock';

const accessPoint = parseAccessPointArn(ARN)!;
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const east = routesWith(['us-east-1'], REGIONS);
const west = routesWith(['us-west-2'], REGIONS);
const europe = routesWith(['eu-west-1'], REGIONS);

const submits = (...faults: Fault[]): Script => ({ submit: faults });
const everywhere = (script: Script, but: { [endpoint: string]: Script } = {}) => ({ ...Object.fromEntries(FIVE.map((region) => [region, script])), ...but });

interface Options extends Partial<Omit<ChangeRequest, 'limits' | 'accessPoint'>> {
  readonly scripts?: { [endpoint: string]: Script };
  readonly live?: Routes;
  readonly seconds?: number;
  readonly signal?: AbortSignal;
  readonly before?: ConstructorParameters<typeof ControlPlane>[4];
}

/** Wants us-west-2 to be active instead of us-east-1, unless told otherwise. */
async function change({ scripts, live = east, seconds = 60, signal, before, decide = ifStill(east, west), ...request }: Options = {}) {
  const clock = new VirtualClock();
  const plane = new ControlPlane(clock, live, scripts, FIVE, before);
  const log = new MemoryLog();
  const world = { clock, random: seeded(7), log, endpoints: plane.endpoints };
  const result = await clock.run(() => changeRoutes(world, { accessPoint, decide, limits: { deadline: seconds * 1000, signal }, ...request }));

  expect(clock.pendingTimers).toBe(0);
  expect(plane.mostSubmitsAtOnce).toBeLessThanOrEqual(1);
  expect(clock.now()).toBeLessThanOrEqual(seconds * 1000);
  return { clock, plane, log, result, submitted: plane.submits.map((submit) => submit.endpoint) };
}

describe('on a good day', () => {
  test('a change is submitted once, at the liveliest endpoint, and proven at another', async () => {
    const { result, submitted, plane } = await change({ scripts: { 'ap-northeast-1': { latencyMs: 3 } } });
    expect(result).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere', secondEndpoint: 'agrees', routes: west, before: east, pending: [] });
    expect(submitted).toEqual(['ap-northeast-1']);
    expect(plane.live).toEqual(west);
    expect(result.sentence).toMatch(/^the routes are active us-west-2, passive eu-west-1, us-east-1: accepted by ap-northeast-1, read back elsewhere$/);
  });

  test('nothing is sent when the routes are already as wanted, and it says so', async () => {
    const { result, submitted } = await change({ live: west });
    expect(result).toMatchObject({ kind: 'done', submitted: false, proof: 'read back elsewhere', attempts: [] });
    expect(result.sentence).toMatch(/^nothing was sent: the routes are already as wanted/);
    expect(submitted).toEqual([]);
  });

  test('a dead endpoint is not submitted to, and costs no more than the time to settle', async () => {
    const { result, clock, submitted } = await change({ scripts: { 'us-east-1': { read: [{ silent: true }], submit: [{ silent: true }] } } });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
    expect(submitted).toEqual(['us-west-2']);
    expect(clock.now()).toBeLessThan(1_500);
  });

  test("the last resort is submitted to when each other endpoint has failed once, and not before", async () => {
    const scripts = everywhere(submits({ fails: 'server error' }), { 'us-east-1': { latencyMs: 1 } });
    const { submitted, result } = await change({ scripts, lastResort: ['us-east-1'] });
    expect(result.kind).toBe('done');
    expect(submitted).toEqual(['us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1', 'us-east-1']);
  });

  test.each(FIVE)('with endpoints known to be silent but %s, the submit is one reading away', async (living) => {
    const scripts = everywhere({ read: [{ silent: true }], submit: [{ silent: true }] }, { [living]: {} });
    const { plane, submitted } = await change({ scripts, expects: [living], lastResort: ['us-east-1'] });
    expect(submitted).toEqual([living]);
    expect(plane.submits[0].at).toBeLessThanOrEqual(100);
  });

  test('an endpoint that answered before and does not now is waited for no longer than any other', async () => {
    const { result, plane } = await change({ expects: FIVE, scripts: { 'us-east-1': { read: [{ silent: true }], submit: [{ silent: true }] } } });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
    expect(plane.submits[0].at).toBeLessThan(1_500);
  });

  test('what a person waits for is told when it happens: accepted, read back, read back elsewhere, each once', async () => {
    const events: ChangeEvent[] = [];
    await change({ tell: (event) => events.push(event), scripts: { 'us-east-1': { submit: [{ fails: 'server error' }] } } });
    expect(events).toEqual([
      { kind: 'in doubt', endpoint: 'us-east-1', failure: expect.objectContaining({ kind: 'server error' }) },
      { kind: 'accepted', endpoint: 'us-west-2' },
      { kind: 'read back elsewhere', endpoint: 'us-east-1' },
    ]);
  });

  test('a single living endpoint that shows the change is told of at once, long before the others count as dead', async () => {
    const events: string[] = [];
    const scripts = everywhere({ read: [{ silent: true }], submit: [{ silent: true }] }, { 'eu-west-1': {} });
    const reads: number[] = [];
    const before = (call: string, endpoint: string, plane: ControlPlane) => void (call === 'read' && endpoint === 'eu-west-1' && reads.push(plane.submits.length));
    const { result } = await change({ scripts, before, expects: ['eu-west-1'], tell: ({ kind, endpoint }) => events.push(`${kind} ${endpoint} ${reads.length}`) });
    expect(events).toEqual(['accepted eu-west-1 1', 'read back eu-west-1 2']);
    expect(result).toMatchObject({ kind: 'done', proof: 'read back', secondEndpoint: 'none lives' });
  });

  test("the impaired Region's own endpoint is never submitted to, however lively", async () => {
    const { submitted, result } = await change({ avoid: ['us-east-1'], scripts: { 'us-east-1': { latencyMs: 1 } } });
    expect(submitted).toEqual(['us-west-2']);
    expect(result.kind).toBe('done');
  });

  test('slow endpoints are waited for when only an avoided one is fast', async () => {
    const scripts = everywhere({ latencyMs: 2_500 }, { 'us-east-1': { latencyMs: 1 } });
    const { submitted, result } = await change({ avoid: ['us-east-1'], scripts });
    expect(result.kind).toBe('done');
    expect(submitted).not.toContain('us-east-1');
  });

  test('an endpoint of last resort is used only when no other is left', async () => {
    expect((await change({ lastResort: ['us-east-1'] })).submitted).toEqual(['us-west-2']);
    const alone = everywhere({ read: [{ silent: true }] }, { 'us-east-1': {} });
    expect((await change({ lastResort: ['us-east-1'], scripts: alone })).submitted).toEqual(['us-east-1']);
  });

  test('a result at one endpoint only says that no second one lives', async () => {
    const { result } = await change({ scripts: everywhere({ read: [{ fails: 'unreachable' }] }, { 'eu-west-1': {} }) });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back', secondEndpoint: 'none lives' });
    expect(result.sentence).toMatch(/read back; no second endpoint lives/);
  });
});

describe("an impaired Region's endpoint", () => {
  const impaired = { avoid: ['us-east-1'] };

  test('is not believed when it alone says that the routes are already as wanted', async () => {
    const scripts = everywhere({ read: [{ fails: 'server error' }] }, { 'us-east-1': { read: [{ tells: west }] } });
    expect((await change({ ...impaired, scripts, seconds: 20 })).result).toMatchObject({ kind: 'failed', because: { kind: 'silent' } });
  });

  test('does not count as the second one that confirms', async () => {
    const scripts = everywhere({ read: [{ fails: 'unreachable' }] }, { 'us-east-1': { read: [{ tells: east }] }, 'eu-west-1': {} });
    expect((await change({ ...impaired, live: west, scripts })).result).toMatchObject({ kind: 'done', submitted: false, proof: 'read back', secondEndpoint: 'disagrees' });
  });
});

describe('checks before sending', () => {
  test.each<[name: string, plan: Routes, sentence: RegExp]>([
    ['no Region would be active', routesWith([], REGIONS), /at least one Region must stay active/],
    ['a member is missing', routesWith(['us-west-2'], ['us-east-1', 'us-west-2']), /must name each member .*\(eu-west-1, us-east-1, us-west-2\), got us-east-1, us-west-2/],
    ['a Region is no member', routesWith(['us-west-2'], [...REGIONS, 'ap-south-1']), /must name each member .*, got ap-south-1, eu-west-1/],
    ['a dial is neither 0 nor 100', [{ region: 'us-west-2', dial: 50 }, ...routesWith([], ['us-east-1', 'eu-west-1'])], /dials are 0 or 100, got 50 for 'us-west-2'/],
    ['a Region stands twice', [...west, { region: 'us-west-2', dial: 0 }], /only once, got 'us-west-2' twice/],
  ])('fails when %s', async (_, plan, sentence) => {
    const { result, submitted } = await change({ decide: always(plan) });
    expect(result).toMatchObject({ kind: 'refused', because: 'plan' });
    expect(result.sentence).toMatch(sentence);
    expect(submitted).toEqual([]);
  });

  test('fails when live routes are not what the plan was made from', async () => {
    const { result, submitted } = await change({ live: europe });
    expect(result).toMatchObject({ kind: 'refused', because: 'moved', live: europe });
    expect(result.sentence).toMatch(/nothing was sent: live routes are not what the plan was made from: planned from active us-east-1.*; now active eu-west-1/);
    expect(submitted).toEqual([]);
  });

  test('fails when endpoints keep disagreeing and what to do depends on who is right, and shows the table', async () => {
    const { result, submitted } = await change({ scripts: { 'eu-west-1': { read: [{ tells: europe }] } } });
    expect(result.kind).toBe('disagreement');
    expect(result.sentence).toMatch(/us-east-1, us-west-2, ap-southeast-2, ap-northeast-1: active us-east-1.*eu-west-1: active eu-west-1/);
    expect(result.rows).toHaveLength(5);
    expect(submitted).toEqual([]);
  });

  test('a disagreement that passes is waited out', async () => {
    const { result } = await change({ scripts: { 'eu-west-1': { read: [{ tells: europe }, { tells: europe }, {}] } } });
    expect(result).toMatchObject({ kind: 'done', submitted: true });
  });

  test('a disagreement does not matter when the same change is wanted whoever is right', async () => {
    const { result, submitted } = await change({ decide: always(west), scripts: { 'eu-west-1': { read: [{ tells: europe }, {}] } } });
    expect(result).toMatchObject({ kind: 'done', submitted: true });
    expect(submitted).toHaveLength(1);
  });

  test("an avoided endpoint's view of the past does not count while others answer", async () => {
    const { result } = await change({ avoid: ['us-east-1'], scripts: { 'us-east-1': { read: [{ tells: europe }] } } });
    expect(result).toMatchObject({ kind: 'done', submitted: true });
  });
});

describe('errors by name, on submitting', () => {
  test('Conflict: the routes are read again, and the change is made when they are still the same', async () => {
    const { result, submitted, clock } = await change({ scripts: { 'us-east-1': submits({ fails: 'conflict' }, {}) } });
    expect(result).toMatchObject({ kind: 'done', submitted: true, pending: [], attempts: [{ outcome: 'conflict' }, { outcome: 'accepted' }] });
    expect(submitted).toHaveLength(2);
    expect(clock.now()).toBeLessThan(5_000);
  });

  test('Conflict: nothing more is sent when the other change won', async () => {
    const { result, submitted } = await change({
      scripts: { 'us-east-1': submits({ fails: 'conflict' }) },
      before: (call, _, plane) => call === 'submit' && plane.move(europe),
    });
    expect(result).toMatchObject({ kind: 'refused', because: 'moved', live: europe });
    expect(submitted).toHaveLength(1);
  });

  test('Conflict: the other change was ours too, so that nothing is left to do', async () => {
    const { result, submitted } = await change({
      scripts: { 'us-east-1': submits({ fails: 'conflict' }) },
      before: (call, _, plane) => call === 'submit' && plane.move(west),
    });
    expect(result).toMatchObject({ kind: 'done', submitted: false });
    expect(submitted).toHaveLength(1);
  });

  test('SlowDown: backs off with jitter, then goes on', async () => {
    const { result, plane } = await change({ scripts: everywhere(submits({ fails: 'slow down' }, {})) });
    expect(result).toMatchObject({ kind: 'done', pending: [] });
    const gaps = plane.submits.slice(1).map((submit, index) => submit.at - plane.submits[index].at);
    expect(Math.max(...gaps)).toBeGreaterThan(200);
    expect(new Set(gaps).size).toBe(gaps.length);
  });

  test('SlowDown for ever ends, within the deadline and a bounded number of submits', async () => {
    const { result, submitted } = await change({ scripts: everywhere(submits({ fails: 'slow down' })), seconds: 600 });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'silent' } });
    expect(submitted.length).toBeLessThanOrEqual(15);
    expect(result.sentence).toMatch(/nothing was changed, too many attempts were made: submit at us-east-1: slow down/);
  });

  test.each(['wrong Region', 'forbidden'] as const)('%s: the endpoint is discarded and the next one taken', async (kind) => {
    const { result, submitted } = await change({ scripts: { 'us-east-1': submits({ fails: kind }), 'us-west-2': submits({ fails: kind }) } });
    expect(result).toMatchObject({ kind: 'done', submitted: true });
    expect(submitted).toEqual(['us-east-1', 'us-west-2', 'ap-southeast-2']);
  });

  test('fails when every endpoint refuses the submit, and lists each', async () => {
    const { result, submitted } = await change({ scripts: everywhere(submits({ fails: 'forbidden' })) });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'refused' } });
    expect([...submitted].sort()).toEqual([...FIVE].sort());
    for (const region of FIVE) expect(result.sentence).toContain(`${region}: forbidden`);
  });

  test('fails when every endpoint refuses to be read', async () => {
    const { result, submitted } = await change({ scripts: everywhere({ read: [{ fails: 'forbidden' }] }) });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'refused' } });
    expect(result.sentence).toMatch(/every control endpoint refused: us-east-1: forbidden/);
    expect(submitted).toEqual([]);
  });

  test.each<[FailureKind, RegExp]>([
    ['bad request', /check that it is the ARN of a Multi-Region Access Point/],
    ['no such access point', /there is no Multi-Region Access Point/],
    ['single Region', /has a single Region/],
  ])('%s: stops at once and explains', async (kind, sentence) => {
    const { result, submitted } = await change({ scripts: { 'us-east-1': submits({ fails: kind }) } });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'named', failure: { kind } } });
    expect(result.sentence).toMatch(sentence);
    expect(submitted).toEqual(['us-east-1']);
  });

  test.each<[FailureKind, RegExp]>([
    ['bad request', /check that it is the ARN of a Multi-Region Access Point/],
    ['no such access point', /there is no Multi-Region Access Point/],
    ['single Region', /has a single Region/],
  ])('%s on reading: nothing is sent, and it explains', async (kind, sentence) => {
    const { result, submitted, clock } = await change({ scripts: everywhere({ read: [{ fails: kind }] }) });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'named', failure: { kind } } });
    expect(result.sentence).toMatch(sentence);
    expect(submitted).toEqual([]);
    expect(clock.now()).toBeLessThan(1_000);
  });

  test('a connection that was never made leaves no doubt, and the next endpoint is taken', async () => {
    const { result, submitted } = await change({ scripts: { 'us-east-1': submits({ fails: 'unreachable' }) } });
    expect(result).toMatchObject({ kind: 'done', pending: [] });
    expect(submitted).toEqual(['us-east-1', 'us-west-2']);
  });
});

describe('a lost last word', () => {
  const doubtful: [string, Fault][] = [
    ['a time-out', { silent: true }],
    ['a lost connection', { fails: 'connection lost' }],
    ['a 5xx', { fails: 'server error' }],
    ['a garbled answer', { fails: 'garbage' }],
    ['an adapter that throws', { throws: 'bug' }],
  ];

  test.each(doubtful)('%s of a submit that did not land: the routes are read, and then another endpoint is taken', async (_, fault) => {
    const { result, submitted, plane } = await change({ scripts: { 'us-east-1': submits(fault) } });
    expect(result).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere', pending: [{ endpoint: 'us-east-1', routes: west }] });
    expect(submitted).toEqual(['us-east-1', 'us-west-2']);
    const [first, second] = plane.submits;
    expect(plane.calls.filter((call) => call.call === 'read' && call.endpoint !== 'us-east-1' && call.at > first.at && call.at <= second.at)).not.toEqual([]);
  });

  test.each(doubtful)('%s of a submit that landed: nothing is sent twice', async (_, fault) => {
    const { result, submitted } = await change({ scripts: { 'us-east-1': submits({ ...fault, landsAfterMs: 10 }) } });
    expect(result).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere' });
    expect(submitted).toEqual(['us-east-1']);
  });

  test('ends as unknown, one of two states, when nobody can be read any more', async () => {
    const scripts = everywhere({ read: [{}, { silent: true }], submit: [{ silent: true }] });
    const { result, submitted } = await change({ scripts });
    expect(result).toMatchObject({ kind: 'unknown', oneOf: [east, west] });
    expect(submitted).toEqual(['us-east-1']);
    expect(result.sentence).toMatch(/^unknown: the routes are one of two states, before \(active us-east-1.*\) or after \(active us-west-2.*\): us-east-1: timed out/);
    expect(result).toMatchObject({ command: `aws s3control get-multi-region-access-point-routes --account-id 111122223333 --mrap ${ARN} --region us-west-2` });
    expect(result.sentence).toContain('to find out, run: aws s3control');
  });

  test('ends as unknown when every submit is silent and the routes stay as they were', async () => {
    const { result, submitted } = await change({ scripts: everywhere(submits({ silent: true })), seconds: 30 });
    expect(result).toMatchObject({ kind: 'unknown', live: east });
    expect(new Set(submitted).size).toBe(5);
    if (result.kind === 'unknown') expect(result.pending).toHaveLength(submitted.length);
  });

  test('ends as unknown when the caller gives up during a submit', async () => {
    const controller = new AbortController();
    const { result } = await change({
      signal: controller.signal,
      scripts: { 'us-east-1': submits({ silent: true }) },
      before: (call) => call === 'submit' && controller.abort(),
    });
    expect(result).toMatchObject({ kind: 'unknown' });
    expect(result.sentence).toContain('it was given up');
  });

  test('a refusal by the others after a lost word is still unknown, not a failure', async () => {
    const { result } = await change({ scripts: everywhere(submits({ fails: 'forbidden' }), { 'us-east-1': submits({ silent: true }, { fails: 'forbidden' }) }) });
    expect(result).toMatchObject({ kind: 'unknown', oneOf: [east, west] });
  });

  test('nothing more is sent when somebody else moved traffic meanwhile, and the late landing is announced', async () => {
    let first = true;
    const { result, submitted } = await change({
      scripts: { 'us-east-1': submits({ silent: true }) },
      before: (call, _, plane) => {
        if (call === 'submit' && first) plane.move(europe);
        if (call === 'submit') first = false;
      },
    });
    expect(result).toMatchObject({ kind: 'refused', because: 'moved', pending: [{ endpoint: 'us-east-1' }] });
    expect(result.sentence).toMatch(/nothing more was sent.*a submit of active us-west-2.* at us-east-1 had no last word and may still land/);
    expect(submitted).toHaveLength(1);
  });

  test('a different change is never sent while one is in doubt', async () => {
    let turn = 0;
    const { result, submitted } = await change({
      decide: () => ({ kind: 'want', routes: turn++ === 0 ? west : europe }),
      scripts: everywhere(submits({ silent: true }), { 'us-west-2': { latencyMs: 9_000 }, 'ap-southeast-2': { latencyMs: 9_000 }, 'ap-northeast-1': { latencyMs: 9_000 }, 'eu-west-1': { latencyMs: 9_000 } }),
    });
    expect(result).toMatchObject({ kind: 'refused', because: 'moved' });
    expect(result.sentence).toMatch(/a change to active us-west-2.* may still land, so none to active eu-west-1.* may follow it/);
    expect(submitted).toHaveLength(1);
  });

  test('two endpoints that both lost their word prove the change when both show it', async () => {
    const gone: Script = { read: [{ fails: 'unreachable' }] };
    const scripts = { 'ap-southeast-2': gone, 'ap-northeast-1': gone, 'eu-west-1': gone, 'us-east-1': submits({ silent: true }), 'us-west-2': submits({ silent: true, landsAfterMs: 10 }) };
    expect((await change({ scripts })).result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
  });
});

describe('proof', () => {
  test('an accepted change that no endpoint shows is not more than accepted', async () => {
    const { result, clock } = await change({ scripts: everywhere({ read: [{ tells: east }] }) });
    expect(result).toMatchObject({ kind: 'accepted', proof: 'accepted' });
    expect(result.sentence).toMatch(/was accepted by us-east-1 and does not show on reading/);
    expect(clock.now()).toBeGreaterThanOrEqual(CHANGE_TIMES.proofMs);
  });

  test('a change that shows late elsewhere is waited for', async () => {
    const old: Fault = { tells: east };
    const { result, clock } = await change({ scripts: everywhere({ read: [{}, old, old, old, {}] }, { 'us-east-1': {} }) });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
    expect(clock.now()).toBeGreaterThan(100);
  });

  test('an endpoint that showed it before anything was sent proves nothing', async () => {
    const scripts = everywhere({ read: [{}, { silent: true }] }, { 'us-east-1': {}, 'eu-west-1': { read: [{ tells: west }] } });
    const { result } = await change({ scripts });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back' });
  });

  test('a lost word is not made good by one endpoint that another contradicts', async () => {
    const scripts = everywhere({ submit: [{ fails: 'server error' }] }, { 'eu-west-1': { read: [{}, { tells: west }], submit: [{ fails: 'server error' }] } });
    const { result } = await change({ scripts, seconds: 40 });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back', secondEndpoint: 'disagrees' });
  });

  test('routes that read as wanted are sent again when that is asked for', async () => {
    const { result, submitted } = await change({ live: west, resend: true });
    expect(result).toMatchObject({ kind: 'done', submitted: true, proof: 'read back elsewhere' });
    expect(submitted).toHaveLength(1);
  });

  test('endpoints that never show it are reported', async () => {
    const { result } = await change({ scripts: everywhere({ read: [{ tells: east }] }, { 'us-east-1': {} }) });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back', secondEndpoint: 'disagrees' });
    expect(result.sentence).toMatch(/other endpoints do not show it/);
  });

  test('a slow second endpoint is not taken for a dead one', async () => {
    const { result } = await change({ scripts: everywhere({ read: [{ silent: true }] }, { 'us-east-1': {}, 'eu-west-1': { latencyMs: 2_900 } }) });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
  });

  test('a strange answer that does not last is no sign of another change', async () => {
    const { result } = await change({ scripts: everywhere({ read: [{}, { tells: europe }, {}] }) });
    expect(result).toMatchObject({ kind: 'done', proof: 'read back elsewhere' });
  });

  test('a change that another one follows at once is overtaken', async () => {
    let accepted = false;
    const { result } = await change({
      before: (call, _, plane) => {
        if (call === 'read' && accepted) plane.move(europe);
        if (call === 'submit') accepted = true;
      },
    });
    expect(result).toMatchObject({ kind: 'overtaken', routes: west, live: europe });
    expect(result.sentence).toMatch(/was accepted by us-east-1, and then another was made; now active eu-west-1/);
  });
});

describe('a new access point', () => {
  test.each(['no such access point', 'forbidden'] as const)('%s is retried for a while', async (kind) => {
    const scripts = everywhere({ read: [{ fails: kind }, { fails: kind }, {}], submit: [{ fails: kind }, {}] });
    const { result } = await change({ scripts, newForMs: 120_000, seconds: 180 });
    expect(result).toMatchObject({ kind: 'done', submitted: true, pending: [] });
  });

  test.each<[FailureKind, string]>([
    ['no such access point', 'named'],
    ['forbidden', 'refused'],
  ])('%s for ever fails when the while is over', async (kind, because) => {
    const { result, clock } = await change({ scripts: everywhere({ read: [{ fails: kind }] }), newForMs: 60_000, seconds: 600 });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: because } });
    expect(clock.now()).toBeGreaterThanOrEqual(60_000);
    expect(clock.now()).toBeLessThan(90_000);
  });

  test.each(['bad request', 'single Region'] as const)('%s is not', async (kind) => {
    const { result, clock } = await change({ scripts: everywhere({ read: [{ fails: kind }] }), newForMs: 60_000 });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'named' } });
    expect(clock.now()).toBeLessThan(1_000);
  });
});

describe('the deadline', () => {
  test("fails at once when all but the impaired Region's endpoint refuse, and says which was avoided", async () => {
    const { result, submitted, clock } = await change({ avoid: ['us-east-1'], scripts: everywhere(submits({ fails: 'forbidden' }), { 'us-east-1': {} }) });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'refused' } });
    expect(result.sentence).toMatch(/every control endpoint refused: us-west-2: forbidden.*\(avoided: us-east-1\)/);
    expect(submitted).not.toContain('us-east-1');
    expect(clock.now()).toBeLessThan(5_000);
  });

  test('fails when no endpoint can be used, without a submit', async () => {
    const { result, submitted, clock } = await change({ scripts: everywhere({ read: [{ silent: true }] }), seconds: 20 });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'silent' } });
    expect(submitted).toEqual([]);
    expect(clock.now()).toBe(20_000);
  });

  test("fails when only the impaired Region's endpoint lives, and names those that were looked for", async () => {
    const { result, submitted } = await change({ avoid: ['us-east-1'], scripts: everywhere({ read: [{ silent: true }] }, { 'us-east-1': {} }), seconds: 20 });
    expect(result).toMatchObject({ kind: 'failed', because: { kind: 'silent' } });
    expect(result.sentence).toMatch(/no endpoint that may be submitted to answers \(looked for: us-west-2, ap-southeast-2, ap-northeast-1, eu-west-1\)/);
    expect(submitted).toEqual([]);
  });

  test('a submit is not begun when there is too little time for its answer', async () => {
    const { submitted, result } = await change({ scripts: everywhere({ latencyMs: 900 }), seconds: 1.5 });
    expect(submitted).toEqual([]);
    expect(result).toMatchObject({ kind: 'failed' });
    expect(result.sentence).toMatch(/the time was up/);
  });
});

describe('a gate', () => {
  test('that is open lets a submit pass, and is asked before each', async () => {
    let asked = 0;
    const { result, plane } = await change({ gate: async () => {
      asked++;
      return { kind: 'open', until: Infinity };
    }, scripts: { 'us-east-1': submits({ fails: 'conflict' }, {}) } });
    expect(result.kind).toBe('done');
    expect(asked).toBe(plane.submits.length);
  });

  test('fails when it is shut: nothing is sent', async () => {
    const { result, plane } = await change({ gate: async () => ({ kind: 'shut', reason: 'paused by ana' }) });
    expect(result).toMatchObject({ kind: 'refused', because: 'gate', sentence: 'nothing was sent: paused by ana' });
    expect(plane.submits).toEqual([]);
  });

  test('fails when its answer has lapsed, as to who was stopped after it', async () => {
    const { result, plane } = await change({ gate: async () => ({ kind: 'open', until: -1 }) });
    expect(result).toMatchObject({ kind: 'refused', because: 'gate', sentence: 'nothing was sent: too much time has passed since it was allowed' });
    expect(plane.submits).toEqual([]);
  });

  test('fails when it cannot tell', async () => {
    const { result, plane } = await change({ gate: () => Promise.reject(new Error('no answer')) });
    expect(result).toMatchObject({ kind: 'refused', because: 'gate' });
    expect(plane.submits).toEqual([]);
  });

  test('that is shut after a lost word leaves the outcome unknown', async () => {
    let asked = 0;
    const gate = async () => (asked++ === 0 ? ({ kind: 'open', until: Infinity } as const) : ({ kind: 'shut', reason: 'paused by ana' } as const));
    const { result, plane } = await change({ gate, scripts: { 'us-east-1': submits({ silent: true }) } });
    expect(result).toMatchObject({ kind: 'unknown' });
    expect(result.pending).toHaveLength(1);
    expect(plane.submits).toHaveLength(1);
  });
});
