import { CallError } from '../../../../runtime/core/calls/call-error';
import { reconcile as command } from '../../../../runtime/cli/commands/reconcile';
import { reconcileWith } from '../../../../runtime/cli/verbs/reconcile';
import { HERE, MINUTE, Night, SECOND, THERE, THIRD } from '../../core/operate/reconcile/support';
import { MemoryFile } from '../../support/memory-store';
import { expectGolden } from '../support/golden';
import { FakeInterrupt, shell, type ShellOptions } from '../support/shell';

/** The verb with files in memory; what a folder holds outlives a run. */
function tool(night: Night) {
  const files = new Map<string, MemoryFile>();
  const verb = reconcileWith({
    store: async () => ({
      load: () => night.store.load(),
      save: (text) => night.store.save(text),
      lines: (name) => night.store.lines(name),
      clear: () => night.store.clear(),
      close: async () => undefined,
    }),
    output: async (path) => {
      const file = new MemoryFile(path);
      files.set(path, file);
      return file;
    },
    mustBeWritable: async () => undefined,
  });
  const run = (line = '', options: ShellOptions = {}) => shell(night.estate, `reconcile ${line}`, { verbs: { reconcile: { command, verb } }, ...options });
  return { run, files };
}

/** A night on which everything went wrong that can. */
async function bad(): Promise<Night> {
  const night = new Night({ regions: [HERE, THERE, THIRD] });
  night.estate.failing = (key) => key === 'scan 7.pdf';
  for (const key of ['cart', 'photo', 'old', 'wiped']) await night.here.clientPut(key, key.repeat(50));
  night.here.store('before the rules', 'x', false);
  await night.here.clientPut('scan 7.pdf', 'x'.repeat(1_500));
  await night.clock.pass(MINUTE);
  await night.clock.run(() => night.there.removeVersion('wiped', 'v000004', new AbortController().signal));
  night.estate.pause(HERE, THERE);
  night.estate.pause(HERE, THIRD);
  await night.here.clientPut('cart', 'written while cut off');
  for (let index = 0; index < 5; index++) await night.here.clientPut(`photos/\u001b[31m${index}`, 'x'.repeat(1_000));
  await night.here.clientPut('photo', undefined);
  night.here.uploads.push({ key: 'film.mov', uploadId: 'upload-1', initiatedAt: Date.parse('2026-11-24T03:00:30Z') });
  await night.clock.pass(MINUTE);
  await night.failover();
  await night.there.clientPut('cart', 'written again');
  await night.clock.pass(10 * SECOND);
  return night;
}

async function good(): Promise<Night> {
  const night = new Night();
  await night.here.clientPut('a', 'x');
  await night.clock.pass(MINUTE);
  await night.failover();
  return night;
}

test('on a terminal, when nothing is missing', async () => {
  const night = await good();
  const { code, out, err } = await tool(night).run('', { terminal: true });
  expectGolden('reconcile/clean.txt', out);
  expectGolden('reconcile/clean-talk.txt', err);
  expect(code).toBe(0);
});

test('from a watermark on it says that older versions which were deleted since by their id are not seen, and with --full they are', async () => {
  const night = new Night();
  night.here.store('a', '1');
  night.here.store('a', '2');
  const [, old] = night.here.stack('a');
  await night.clock.pass(MINUTE);
  await night.failover();
  const { run } = tool(night);
  expect((await run()).code).toBe(0);
  await night.clock.run(() => night.there.removeVersion('a', old.versionId, new AbortController().signal));
  const after = (await run()).out;
  expect(after.replace(/\s+/g, ' ')).toContain('(the last clean comparison; of older ones that were deleted since by their version id only --full tells)');
  expect(after).not.toMatch(/removed|deleted there/);
  expect(JSON.parse((await run('--full --json')).out).pairs[0].missing).toMatchObject([{ reason: 'removed', count: 1 }]);
});

test('on a terminal, when much is', async () => {
  const { code, out } = await tool(await bad()).run('--batch-manifest missing.csv --csv found.csv', { terminal: true });
  expectGolden('reconcile/bad.txt', out);
  expect(code).toBe(3);
});

test('through a pipe', async () => {
  const { code, out, err } = await tool(await bad()).run();
  expectGolden('reconcile/pipe.txt', out);
  expectGolden('reconcile/pipe-talk.txt', err);
  expect(code).toBe(3);
});

test('as JSON', async () => {
  const { code, out } = await tool(await bad()).run('--json');
  expectGolden('reconcile/document.json', out);
  expect(code).toBe(3);
});

test('between two Regions that are named, since a time that is given', async () => {
  const night = await bad();
  const { code, out } = await tool(night).run(`--between ${THERE},${THIRD} --since 2026-11-24T03:02:00Z --json`);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ outcome: 'clean', pairs: [{ between: [THERE, THIRD], since: { at: '2026-11-24T03:02:00.000Z', from: 'given' } }], quarantined: [{ region: HERE }] });
});

test('between every two Regions', async () => {
  const { out } = await tool(await bad()).run('--all-pairs --json');
  expect(JSON.parse(out).pairs.map(({ between }: { between: string[] }) => between.join())).toEqual([`${HERE},${THERE}`, `${HERE},${THIRD}`, `${THERE},${THIRD}`]);
});

test('of one Region, with the active one', async () => {
  const { out } = await tool(await bad()).run(`${THIRD} --json`);
  expect(JSON.parse(out).pairs.map(({ between }: { between: string[] }) => between.join())).toEqual([`${THIRD},${THERE}`]);
});

test('without a quarantine, between every Region and the active one', async () => {
  const night = new Night({ regions: [HERE, THERE, THIRD] });
  const { out, err } = await tool(night).run('--json');
  expect(JSON.parse(out).pairs.map(({ between }: { between: string[] }) => between.join())).toEqual([`${HERE},${THERE}`, `${THIRD},${THERE}`]);
  expect(err).toContain('no Region is quarantined: every Region is compared with the active one');
});

describe('interrupted', () => {
  test('keeps what was found, and goes on with it', async () => {
    const night = await bad();
    const { run, files } = tool(night);
    const interrupt = new FakeInterrupt();
    night.estate.before = ({ call }) => void (call === 'headVersion' && interrupt.status() === undefined && interrupt.press());
    const stopped = await run('--csv found.csv', { interrupt });
    expect(stopped.code).toBe(1);
    expectGolden('reconcile/interrupted.txt', stopped.out);
    expect(files.size).toBe(0);

    night.estate.calls.length = 0;
    const { code, out, err } = await run('--resume --csv found.csv --json');
    expect(code).toBe(3);
    expect(err).toContain('Going on with the comparison that began 2026-11-24T03:02:10');
    expect(JSON.parse(out)).toMatchObject({ resumed: true, pairs: [{ complete: true, owed: 10 }] });
    // Whole pages are not listed again: only single keys were looked at.
    expect(night.estate.calls.filter(({ call, key }) => call === 'listVersions' && key === '')).toEqual([]);
    expect(files.get('found.csv')).toMatchObject({ state: 'committed' });
  });

  test('is dropped by a run that begins anew, which says so', async () => {
    const night = await good();
    const { run } = tool(night);
    night.estate.before = ({ call, region }) => {
      if (call === 'listVersions') throw new CallError({ call: 's3 ListObjectVersions', region, code: 'AccessDenied', status: 403, reason: 'no' });
    };
    expect((await run()).code).toBe(1);
    night.estate.before = () => undefined;
    const { code, err } = await run();
    expect(code).toBe(0);
    expect(err).toContain("is dropped; '--resume' would have gone on with it");
  });

  test('fails to go on where there is nothing', async () => {
    const { code, err } = await tool(await good()).run('--resume');
    expect([code, err]).toEqual([1, expect.stringContaining('there is no interrupted comparison in')]);
  });

  test.each([
    ['about another access point', (text: string) => text.replace(/mfzwi23gnjvgw/g, 'another'), /it is about 'arn:.*another/],
    ['of another version', (text: string) => text.replace('"version":1', '"version":2'), /'version' is not as this release writes it/],
    ['that is cut short', (text: string) => text.slice(0, -5), /it is not JSON/],
  ])('fails to go on with one %s', async (_, change, why) => {
    const night = await bad();
    const interrupt = new FakeInterrupt();
    night.estate.before = ({ call }) => void (call === 'headVersion' && interrupt.status() === undefined && interrupt.press());
    await tool(night).run('', { interrupt });
    night.store.saved = change(night.store.saved!);
    const { code, err } = await tool(night).run('--resume');
    expect(code).toBe(1);
    expect(err).toMatch(why);
  });
});

test('fails when a Region is silent, within seconds, and what it holds is not known', async () => {
  const night = await bad();
  night.estate.kill(HERE);
  const began = night.clock.now();
  const { code, err } = await tool(night).run();
  expect(code).toBe(1);
  expect(err).toMatch(/us-east-1 cannot be compared, as it does not answer .*; what it holds is not known, and a quarantine of it stays/);
  expect(night.clock.now() - began).toBeLessThan(30 * SECOND);
});

test.each([
  ['--between us-east-1', /'--between' must name two different Regions/],
  ['--between us-east-1,us-east-1', /'--between' must name two different Regions/],
  ['--between us-east-1,sa-east-1', /'--between' must be of us-east-1, us-west-2, got 'sa-east-1'/],
  ['--between us-east-1,us-west-2 --all-pairs', /exclude each other/],
  ['sa-east-1', /'region' must be of us-east-1, us-west-2, got 'sa-east-1'/],
  ['us-east-1 --all-pairs', /a Region excludes/],
  ['--since yesterday', /'--since' must be a time such as '2026-11-24T03:00:00Z', got 'yesterday'/],
  ['--cut-off 2099-01-01T00:00:00Z', /'--cut-off' must lie in the past/],
  ['--full --since 2026-11-24T02:00:00Z', /exclude each other/],
  ['--resume --full', /leave out '--full', or '--resume'/],
  ['--parallel 0', /'--parallel' must be 1 to 32 ranges, got '0'/],
])('fails when %s was typed', async (line, why) => {
  const { code, err } = await tool(await good()).run(line);
  expect(code).toBe(2);
  expect(err).toMatch(why);
});
