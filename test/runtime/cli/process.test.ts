import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLI, documentOf, runCli } from '../../local/run-cli';
import { manifest } from '../support/manifest';
import { manifestFile, temporaryFolder } from './support/manifest-file';

const run = (line: string, options = {}) => runCli(undefined, line.split(' ').filter(Boolean), options);

/** The command with the first bundle alone, where nothing of the SDK can be loaded. */
function withoutVerbs(): string {
  const folder = temporaryFolder();
  for (const inner of ['bin', 'assets/cli']) mkdirSync(join(folder, inner), { recursive: true });
  copyFileSync(CLI, join(folder, 'bin', 's3-failover'));
  copyFileSync(join(CLI, '../../assets/cli/index.js'), join(folder, 'assets/cli/index.js'));
  return join(folder, 'bin', 's3-failover');
}

test.each([
  ['help', ['--help'], 0],
  ['help of a verb', ['status', '--help'], 0],
  ['version', ['--version'], 0],
  ['completion', ['__complete', 'sta'], 0],
  ['wrong usage', ['stats'], 2],
])('%s needs nothing but the first bundle', (_, args, status) => {
  const { status: code, stdout, stderr } = spawnSync(process.execPath, [withoutVerbs(), ...args], { encoding: 'utf8' });
  expect({ code, stack: /\n {4}at /.test(stderr), said: (stdout + stderr).length > 0 }).toEqual({ code: status, stack: false, said: true });
});

test('help goes to standard output, and wrong usage to standard error', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^Usage: s3-failover/) });
  expect(await run('')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/^Usage: s3-failover/) });
  expect(await run('stats')).toMatchObject({ code: 2, stdout: '', stderr: "error  unknown command 'stats'; did you mean 'status'?\nnext   s3-failover --help\n" });
});

test('wrong usage is one document where one was asked for', async () => {
  const ran = await run('stats --json');
  expect([ran.code, ran.stderr]).toEqual([2, '']);
  expect(documentOf(ran)).toEqual({
    schema: 'cdk-s3-failover/error',
    version: 1,
    verb: null,
    exitCode: 2,
    error: { code: 'Usage', message: "unknown command 'stats'; did you mean 'status'?", next: ['s3-failover --help'] },
  });
});

test('a reader that leaves early is no error', async () => {
  const child = spawn(process.execPath, [CLI, 'card', '--manifest', manifestFile(manifest())], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect([code, stderr]).toEqual([0, '']);
});

test('on a terminal errors are red, unless colours are not wanted', async () => {
  expect((await run('stats', { tty: true })).stdout).toContain('\u001b[31merror\u001b[39m');
  expect((await run('stats', { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b');
  expect((await run('stats --no-color', { tty: true })).stdout).not.toContain('\u001b');
});
