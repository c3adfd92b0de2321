import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from '../../scripts/test/args.mjs';
import { countOf, summary } from '../../scripts/test/count.mjs';
import { runProgram } from '../../scripts/test/processes.mjs';
import { schedule } from '../../scripts/test/schedule.mjs';
import { select, STEPS } from '../../scripts/test/steps.mjs';

let folder;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runner-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('flags', () => {
  test('choose steps by name or the fast half', () => {
    assert.deepEqual(parseArgs(['--only', 'a,b', '--only=c']), { unit: false, list: false, only: ['a', 'b', 'c'] });
    assert.deepEqual(parseArgs(['--unit', '--list']), { unit: true, list: true, only: [] });
  });

  test('fails when a flag is unknown or lacks its value', () => {
    assert.throws(() => parseArgs(['--fast']), /'--fast' is no flag/);
    assert.throws(() => parseArgs(['--only']), /'--only' needs the names of steps/);
  });

  test('fails when a step is unknown, and names those there are', () => {
    assert.throws(() => select(STEPS, { only: ['nope'] }), /no step 'nope'; the steps are .*lint/);
  });

  test('a chosen step brings those it builds on', () => {
    const steps = [{ name: 'a' }, { name: 'b', after: ['a'] }, { name: 'c', after: ['b'] }, { name: 'd' }];
    assert.deepEqual(select(steps, { only: ['c'] }).map((step) => step.name), ['a', 'b', 'c']);
  });

  test('every step of the fast half builds on steps of the fast half', () => {
    const names = select(STEPS, { unit: true }).map((step) => step.name);
    assert.deepEqual(names, STEPS.filter((step) => step.unit).map((step) => step.name));
  });
});

describe('counts', () => {
  const report = (fields) => ({ numTotalTests: 0, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0, ...fields });
  const count = async (fields, ok) => {
    const file = join(folder, 'jest.json');
    await writeFile(file, JSON.stringify(report(fields)));
    return countOf({ kind: 'jest' }, ok, { jestFile: file });
  };

  test('of jest are its tests, and suites that could not run', async () => {
    assert.deepEqual(await count({ numTotalTests: 5, numPassedTests: 4, numPendingTests: 1 }, true), { passed: 4, failed: 0, skipped: 1 });
    assert.deepEqual(await count({ numTotalTests: 2, numPassedTests: 2, numRuntimeErrorTestSuites: 1 }, false), { passed: 2, failed: 1, skipped: 0 });
  });

  test('a jest that ran no test, or left no report, has failed', async () => {
    assert.equal((await count({}, true)).failed, 1);
    assert.equal((await countOf({ kind: 'jest' }, true, { jestFile: join(folder, 'absent') })).failed, 1);
  });

  test('a jest that failed for a reason of its own has failed, whatever it counted', async () => {
    assert.equal((await count({ numTotalTests: 3, numPassedTests: 3 }, false)).failed, 1);
  });

  test("of node's test runner are read from its closing lines", async () => {
    const output = 'ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n';
    assert.deepEqual(await countOf({ kind: 'node' }, false, { output }), { passed: 3, failed: 1, skipped: 0 });
    assert.deepEqual(await countOf({ kind: 'node' }, true, { output: '' }), { passed: 0, failed: 1, skipped: 0 });
  });

  test('of any other check are one', async () => {
    assert.deepEqual(await countOf({}, true, {}), { passed: 1, failed: 0, skipped: 0 });
    assert.deepEqual(await countOf({}, false, {}), { passed: 0, failed: 1, skipped: 0 });
  });

  test('are summed in one line, which names skipped tests only if there are any', () => {
    assert.equal(summary([{ passed: 2, failed: 0, skipped: 0 }, { passed: 1, failed: 1, skipped: 0 }]), '3 passed, 1 failed');
    assert.equal(summary([{ passed: 2, failed: 0, skipped: 3 }]), '2 passed, 0 failed, 3 skipped');
  });
});

describe('the schedule', () => {
  const trace = (fails = []) => {
    const events = [];
    const running = new Set();
    let most = 0;
    const run = async (step, broken) => {
      running.add(step.name);
      most = Math.max(most, running.size);
      events.push({ name: step.name, beside: [...running], broken });
      await sleep(5);
      running.delete(step.name);
      return { ok: !fails.includes(step.name) && broken.length === 0 };
    };
    return { events, run, most: () => most };
  };

  test('runs side by side up to its width and answers in the order of the steps', async () => {
    const { run, most } = trace(['b']);
    const results = await schedule(['a', 'b', 'c', 'd'].map((name) => ({ name })), 2, run);
    assert.deepEqual(results.map((result) => result.ok), [true, false, true, true]);
    assert.equal(most(), 2);
  });

  test('runs nothing beside a step that wants to be alone', async () => {
    const { events, run } = trace();
    await schedule([{ name: 'a' }, { name: 'b', alone: true }, { name: 'c' }], 2, run);
    assert.deepEqual(events.find((event) => event.name === 'b').beside, ['b']);
    for (const event of events.filter((one) => one.name !== 'b')) assert.ok(!event.beside.includes('b'));
  });

  test('starts a step after those it builds on, and tells it which of them failed', async () => {
    const { events, run } = trace(['a']);
    const results = await schedule([{ name: 'c', after: ['b'] }, { name: 'b', after: ['a'] }, { name: 'a' }], 2, run);
    assert.deepEqual(events.map((event) => event.name), ['a', 'b', 'c']);
    assert.deepEqual(events.map((event) => event.broken), [[], ['a'], ['b']]);
    assert.ok(results.every((result) => !result.ok));
  });
});

describe('a program', () => {
  const options = (extra = {}) => ({ cwd: folder, env: process.env, log: join(folder, 'log'), timeoutMs: 10_000, ...extra });

  test('is judged by its exit status, and its output is kept', async () => {
    const bad = await runProgram(['node', '-e', 'console.log("out"); console.error("err"); process.exit(3)'], options());
    assert.equal(bad.ok, false);
    assert.match(bad.output, /out/);
    assert.match(await readFile(join(folder, 'log'), 'utf8'), /err/);
    assert.equal((await runProgram(['node', '-e', ''], options())).ok, true);
  });

  test('that takes too long is ended, with every process it started', async () => {
    const beat = join(folder, 'beat');
    const child = `setInterval(() => require('node:fs').appendFileSync(${JSON.stringify(beat)}, '.'), 10)`;
    const script = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]); setInterval(() => {}, 1000)`;
    const { ok, output } = await runProgram(['node', '-e', script], options({ timeoutMs: 1_000 }));
    assert.equal(ok, false);
    assert.match(output, /its limit/);
    const beats = await readFile(beat, 'utf8');
    await sleep(200);
    assert.equal(await readFile(beat, 'utf8'), beats);
  });
});
