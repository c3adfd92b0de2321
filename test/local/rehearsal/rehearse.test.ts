import { existsSync, mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import type { StepObserver, StepResult } from '../../../local/rehearsal/engine/steps';
import type { Options } from '../../../local/rehearsal/options';
import { runRehearsal } from '../../../local/rehearsal/rehearse';
import { SmallEstate, type Sabotage } from './support/small-estate';

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

function newRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  roots.push(root);
  return root;
}

function options(root: string, patienceMs: number): Options {
  return {
    json: false, html: join(root, 'page.html'), writesPerSecond: 50, requestTimeoutMs: 200, propagationMs: 80, replicationLagMs: 60,
    fault: 'refused', steadyMs: 250, patienceMs, verbose: false,
  };
}

class Silent implements StepObserver {
  constructor(private readonly onStart: (id: string) => void = () => undefined) {}
  public started({ id }: { id: string }): void {
    this.onStart(id);
  }
  public noted(): void {}
  public ended(_result: StepResult): void {}
}

async function rehearse(sabotage: Sabotage = {}, observer = new Silent(), signal = new AbortController().signal) {
  const estate = new SmallEstate(sabotage);
  const root = newRoot();
  const result = await runRehearsal(options(root, 3_000), { root, signal, observer, estate });
  return { ...result, estate, root };
}

jest.setTimeout(30_000);

test('lives through a failover and back, and accounts for every write', async () => {
  const estate = new SmallEstate();
  const root = newRoot();
  const { report, leftovers, page } = await runRehearsal(options(root, 20_000), { root, signal: new AbortController().signal, observer: new Silent(), estate });
  const [failover, failback, automatic] = report.switches;

  expect(report.failure).toBeNull();
  expect(report.outcome).toBe('passed');
  expect(leftovers).toEqual([]);
  expect(estate.stopped).toBe(1);

  expect(report.writes.lost).toBe(0);
  expect(report.writes.copiesIntact).toBe(report.writes.acknowledged * 3);
  expect(report.writes.attempted).toBe(report.writes.acknowledged + report.writes.failed);
  expect(report.writes.failed).toBeGreaterThan(0);
  expect(report.writes.late).toBeGreaterThan(0);
  expect(report.writes.servedBy!['us-west-2']).toBeGreaterThan(0);

  expect([failover.from, failover.to, failback.from, failback.to]).toEqual(['us-east-1', 'us-west-2', 'us-west-2', 'us-east-1']);
  expect(failover.routesBefore).toEqual({ 'us-east-1': 'active', 'us-west-2': 'passive', 'eu-west-1': 'passive' });
  expect(failover.routesAfter).toEqual({ 'us-east-1': 'passive', 'us-west-2': 'active', 'eu-west-1': 'passive' });
  expect(failback.routesAfter).toEqual(failover.routesBefore);
  expect(failover.missingAtSwitch).toBeGreaterThan(0);
  // The command takes 40 ms to be accepted here, and the routes 80 ms to act.
  expect(failover.commandToServed).toBeGreaterThanOrEqual(0.12);
  expect(report.outages[0].withoutService).toBeGreaterThan(failover.commandToServed!);

  // Nobody gave a command, and it says who decided, when and why.
  expect(automatic).toMatchObject({ kind: 'automatic', command: null, from: 'us-east-1', to: 'us-west-2', routesAfter: failover.routesAfter, decision: { by: 'the voter in eu-west-1', why: expect.stringMatching(/us-west-2 takes over$/) } });
  expect(automatic.decision!.faultToDecision).toBeGreaterThanOrEqual(0.35);
  expect(automatic.decision!.decisionToAccepted).toBeCloseTo(0.01, 2);
  expect(automatic.commandToServed).toBeGreaterThanOrEqual(automatic.decision!.faultToDecision + 0.07);
  expect(report.outages).toHaveLength(2);
  expect(report.timeline.dead).toHaveLength(2);
  expect(report.timeline.dead[1].to).toBeGreaterThan(report.timeline.dead[1].from);

  expect(page).toBe(true);
  expect(readFileSync(join(root, 'page.html'), 'utf8')).toContain('Rehearsal passed');
  const log = readFileSync(join(root, '.local', 'rehearsal', 'requests.ndjson'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  expect(log.filter((one) => one.kind === 'write')).toHaveLength(report.writes.attempted);
});

const SABOTAGED: readonly { readonly what: string; readonly sabotage: Sabotage; readonly step: string; readonly reason: RegExp }[] = [
  { what: 'the deployment fails', sabotage: { deployFails: true }, step: 'Deploy it', reason: /'cdk deploy' ended with status 1: no such bucket/ },
  { what: 'the home Region is the one to be killed', sabotage: { homeIsActive: true }, step: 'Synthesize the example app', reason: /only switch while the home Region lives/ },
  { what: 'no write is let in', sabotage: { refusesWrites: true }, step: 'Write and read through the access point', reason: /no writes acknowledged within .* s; last error: HTTP 403 AccessDenied/ },
  { what: 'the Region survives being killed', sabotage: { regionSurvives: true }, step: 'Kill the active Region', reason: /writes should have failed 5 times in a row/ },
  { what: 'traffic moves by itself', sabotage: { trafficMovesByItself: true }, step: 'Kill the active Region', reason: /no write should succeed while us-east-1 is dead and no other Region active, but 2 did/ },
  { what: 'the command that switches fails', sabotage: { switchFails: true }, step: 'Fail over', reason: /no control endpoint answered/ },
  { what: 'the switch moves nothing', sabotage: { switchMovesNothing: true }, step: 'Fail over', reason: /only us-west-2 should be active after the command, got us-east-1 active/ },
  { what: 'the routes never act', sabotage: { routesNeverAct: true }, step: 'Wait until the target serves', reason: /us-west-2 did not serve 5 writes in a row within .* s; last error: connection refused/ },
  { what: 'healing moves traffic', sabotage: { healMovesTraffic: true }, step: 'Heal the Region', reason: /healing should move no traffic/ },
  { what: 'an observer is silent', sabotage: { observerIsSilent: true }, step: 'Deploy the controller', reason: /not every observer reported within/ },
  { what: 'the controller sleeps', sabotage: { controllerSleeps: true }, step: 'See it fail over by itself', reason: /no control endpoint showed us-west-2 active within/ },
  { what: 'somebody else moves the routes', sabotage: { anotherMoves: true }, step: 'See it fail over by itself', reason: /routes moved, but no observer says that it moved them/ },
  { what: 'the controller goes back by itself', sabotage: { controllerGoesBack: true }, step: 'Heal the Region again', reason: /healing should move no traffic/ },
  { what: 'a write is lost', sabotage: { loses: 1 }, step: 'See the objects in every Region', reason: /us-east-1 still lacks 1 object, the first rehearsal\/object-000001/ },
  { what: 'a copy rots', sabotage: { rots: 1 }, step: 'Check every object in every Region', reason: /2 copies missing or damaged, the first: rehearsal\/object-000001 \(write 1\) damaged in (us-west-2|eu-west-1)/ },
  { what: 'a copy is damaged on its way', sabotage: { damages: 1 }, step: 'See the objects in every Region', reason: /us-west-2 still lacks 1 object, the first rehearsal\/object-000001/ },
];

describe('a rehearsal that meets something else than it should', () => {
  const runs = new Map<string, Awaited<ReturnType<typeof rehearse>>>();

  beforeAll(async () => {
    // All at once: each spends its time waiting.
    await Promise.all(SABOTAGED.map(async ({ what, sabotage }) => runs.set(what, await rehearse(sabotage))));
  });

  test.each(SABOTAGED)('fails when $what', ({ what, step, reason }) => {
    const { report, estate } = runs.get(what)!;

    expect(report.outcome).toBe('failed');
    expect(report.failure?.step).toBe(step);
    expect(report.failure?.reason).toMatch(reason);
    const index = report.steps.findIndex((one) => one.outcome === 'failed');
    expect(report.steps.slice(index + 1).every((one) => one.outcome === 'skipped')).toBe(true);
    expect(estate.stopped).toBe(1);
  });

  test('says nothing of losses, and shows what it saw', () => {
    const { report, root } = runs.get('the command that switches fails')!;

    expect(report.writes.lost).toBeNull();
    expect(report.writes.copiesIntact).toBeNull();
    expect(report.outages[0].to).toBeNull();
    expect(readFileSync(join(root, 'page.html'), 'utf8')).toContain('it says nothing about lost writes');
  });
});

test.each(['start', 'traffic', 'failover', 'late', 'automatic'])("puts everything away when interrupted during '%s'", async (id) => {
  const interrupt = new AbortController();
  const { report, estate, leftovers, page, root } = await rehearse({}, new Silent((started) => {
    if (started === id) interrupt.abort();
  }), interrupt.signal);

  expect(report.outcome).toBe('interrupted');
  // A step that has nothing to wait for may end all the same; what follows it never starts.
  const index = report.steps.findIndex((step) => step.id === id);
  expect(['interrupted', 'done']).toContain(report.steps[index].outcome);
  expect(report.steps.slice(index + 1).map((step) => step.outcome)).toEqual(report.steps.slice(index + 1).map(() => 'skipped'));
  expect(estate.stopped).toBe(1);
  expect(leftovers).toEqual([]);
  expect(page).toBe(false);
  expect(existsSync(join(root, 'page.html'))).toBe(false);
});
