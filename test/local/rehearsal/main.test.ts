import { spawn, type ChildProcess } from 'child_process';
import { once } from 'events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join, resolve } from 'path';
import { reportSchema, type Report } from '../../../local/rehearsal/report/schema';
import { sleep } from '../../../local/rehearsal/engine/wait';

const ROOT = resolve(__dirname, '../../..');

/** As `npm start` does it, once everything is set up. */
class Run {
  public readonly child: ChildProcess;
  public out = '';
  public talk = '';
  private readonly ended: Promise<[number | null]>;

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, ['--require', join(ROOT, 'node_modules/ts-node/register/index.js'), join(ROOT, 'local/rehearsal/main.ts'), ...args], {
      cwd: folder, env: { ...process.env, TS_NODE_PROJECT: join(ROOT, 'tsconfig.json'), INIT_CWD: folder },
    });
    this.child.stdout!.on('data', (chunk) => { this.out += chunk; });
    this.child.stderr!.on('data', (chunk) => { this.talk += chunk; });
    this.ended = once(this.child, 'close') as Promise<[number | null]>;
  }

  public async status(): Promise<number | null> {
    return (await this.ended)[0];
  }

  public async says(text: string): Promise<void> {
    while (!this.talk.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`ended before it said '${text}':\n${this.talk}`);
      await sleep(50);
    }
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

jest.setTimeout(300_000);

test('explains itself on standard output', async () => {
  const run = new Run(['--help']);
  expect(await run.status()).toBe(0);
  expect(run.out).toContain('Usage: npm start -- [options]');
  expect(run.talk).toBe('');
});

test('fails when it is used wrongly, before anything is started', async () => {
  const run = new Run(['--rate', '99']);
  expect(await run.status()).toBe(2);
  expect(run.talk).toBe("'--rate' must be 1 to 20 writes per second, got '99'; npm start -- --help shows the options\n");
  expect(run.out).toBe('');
});

describe('the whole rehearsal on the local AWS', () => {
  let run: Run;
  let report: Report;
  let page: string;
  let status: number | null;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
    run = new Run(['--json', '--html', 'page.html', '--steady', '2', '--propagation', '1', '--replication-lag', '1', '--timeout', '4']);
    status = await run.status();
    page = existsSync(join(folder, 'page.html')) ? readFileSync(join(folder, 'page.html'), 'utf8') : '';
    rmSync(folder, { recursive: true, force: true });
    if (run.out !== '') report = reportSchema.parse(JSON.parse(run.out));
  });

  test('passes, and prints nothing but the report on standard output', () => {
    expect({ status, failure: report?.failure, talk: status === 0 ? '' : run.talk }).toEqual({ status: 0, failure: null, talk: '' });
    expect(page).toContain('Rehearsal passed');
  });

  test('loses no acknowledged write, and finds every copy intact', () => {
    expect(report.writes.lost).toBe(0);
    expect(report.writes.copiesIntact).toBe(report.writes.acknowledged * 3);
  });

  test('was without service from the death of the Region until the switch acted, and not at the switch back', () => {
    const [failover, failback, automatic] = report.switches;
    const dead = report.timeline.marks.find((mark) => mark.kind === 'killed')!;
    expect(report.outages.length).toBeGreaterThanOrEqual(2);
    expect(Math.abs(report.outages[0].from - dead.at)).toBeLessThan(2);
    expect(report.outages[0].to).toBeCloseTo(failover.commandAt + failover.commandToServed!, 1);
    expect(failover.acceptedToServed).toBeGreaterThan(0.7);
    expect(failback.commandToServed).not.toBeNull();
    expect(report.outages.some(({ from, to }) => from < failback.commandAt && (to ?? Infinity) > failback.commandAt)).toBe(false);
    expect(automatic.commandToServed).not.toBeNull();
  });

  test('failed over by itself, and says who decided and why', () => {
    const { decision, ...automatic } = report.switches[2];
    expect(automatic).toMatchObject({ kind: 'automatic', command: null, from: 'us-east-1', to: 'us-west-2' });
    expect(decision!.by).toMatch(/^the voter in us-/);
    expect(decision!.why).toMatch(/^us-east-1 is down to 2 voters for \d+ s; us-west-2 takes over$/);
    // The least that the settings allow.
    expect(decision!.faultToDecision).toBeGreaterThanOrEqual(7);
    expect(decision!.decisionToAccepted).toBeGreaterThan(0);
    expect(page).toContain('Fail over by itself: us-east-1 to us-west-2');
  });

  test('saw objects that were late arrive', () => {
    expect(report.switches[0].missingAtSwitch).toBeGreaterThan(0);
    expect(report.writes.late).toBeGreaterThan(0);
  });

  test('moved the routes there and back, and there again', () => {
    expect(report.switches.map((one) => one.routesAfter)).toEqual([
      { 'us-east-1': 'passive', 'us-west-2': 'active', 'eu-west-1': 'passive' },
      { 'us-east-1': 'active', 'us-west-2': 'passive', 'eu-west-1': 'passive' },
      { 'us-east-1': 'passive', 'us-west-2': 'active', 'eu-west-1': 'passive' },
    ]);
  });
});

test.each(['Synthesize the example app ...', 'Bootstrap its Regions ...'])("leaves no process and no folder behind when interrupted at '%s'", async (moment) => {
  const before = assemblies();
  const run = new Run([]);
  await run.says(moment);
  await sleep(700);
  run.child.kill('SIGINT');

  expect(await run.status()).toBe(130);
  expect(run.talk).toContain('Everything that was started has been stopped: no process is left.');
  expect(startedBy(run.child.pid!)).toEqual([]);
  expect(assemblies()).toEqual(before);
});

function assemblies(): string[] {
  const rehearsals = join(ROOT, '.local', 'rehearsal');
  return existsSync(rehearsals) ? readdirSync(rehearsals).filter((name) => name.startsWith('assembly-')) : [];
}

/** Everything on the local AWS carries its owner in the environment, however deep down it was started. */
function startedBy(owner: number): string[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`LOCAL_AWS_OWNER=${owner}`);
    } catch {
      return false;
    }
  });
}
