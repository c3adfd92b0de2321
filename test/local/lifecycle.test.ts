import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { startLocalAws, type LocalAws } from '../../local';
import { createBucket, outcome } from './support';
import { zip } from './zip';

const ROOT = resolve(__dirname, '../..');
const started: LocalAws[] = [];

const owners: ChildProcess[] = [];

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  for (const aws of started.splice(0)) await aws.stop();
});

async function start(...options: Parameters<typeof startLocalAws>): Promise<LocalAws> {
  const aws = await startLocalAws(...options);
  started.push(aws);
  return aws;
}

/** Commands of living processes: those of a group, or those whose command holds a text. */
function processes(which: number | string): string[] {
  const all = execFileSync('ps', ['-eo', 'pgid=,stat=,args='], { encoding: 'utf8' }).split('\n').map((line) => line.trim().split(/\s+/));
  return all
    .filter(([, state = 'Z']) => !state.startsWith('Z'))
    .map(([group, , ...words]) => ({ group: Number(group), command: words.join(' ') }))
    .filter(({ group, command }) => (typeof which === 'number' ? group === which : command.includes(which)))
    .map(({ command }) => command);
}

/** Waits, not for ever, until none of them is left. */
async function allGone(which: number | string): Promise<string[]> {
  for (let tries = 0; tries < 100 && processes(which).length > 0; tries++) await sleep(50);
  return processes(which);
}

/**
 * Arguments of a cdk command that never ends, for its app does not; each process of it can be told by the mark. It has an
 * output folder of its own: cdk refuses one that a command which is just being killed still holds.
 */
function endless(mark: string): string[] {
  return ['synth', '--output', mkdtempSync(join(tmpdir(), 'local-aws-out-')), '--app', `echo app runs; node -e "setInterval(() => 0, 1000) // ${mark}"`];
}

/** Creates a function that answers with its Region's buckets' outcome, and invokes it once, so that a worker lives. */
async function invokeFunction(aws: LocalAws, code: string): Promise<string> {
  const { Role } = await aws.clients.iam().send(new CreateRoleCommand({
    RoleName: 'worker',
    AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] }),
  }));
  const lambda = aws.clients.lambda('us-east-1');
  await lambda.send(new CreateFunctionCommand({ FunctionName: 'worker', Role: Role!.Arn, Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 20, Code: { ZipFile: zip('index.js', code) } }));
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'worker' }));
  return Buffer.from(Payload!).toString();
}

test('stopping ends the emulator and its Lambda workers, and removes its files', async () => {
  const aws = await start();
  const group = aws.processGroup;
  const folders = () => readdirSync(join(ROOT, '.local')).filter((name) => aws.logFile.includes(`/${name}.log`));
  expect(await invokeFunction(aws, "exports.handler = async () => 'warm';")).toBe('"warm"');
  expect(processes(group).some((command) => command.includes('_worker'))).toBe(true);
  expect(folders()).toHaveLength(1);

  await aws.stop();
  started.pop();

  expect(processes(group)).toEqual([]);
  expect(folders()).toEqual([]);
  expect(await outcome(fetch(aws.endpoint))).not.toBe('ok');
}, 30_000);

test('stopping ends a cdk command that runs, and its app', async () => {
  const aws = await start();
  const mark = `mark-${process.pid}-stop`;
  await new Promise<void>((resolveRuns) => {
    void aws.cdk(endless(mark), { onLine: (line) => line === 'app runs' && resolveRuns() });
  });
  expect(processes(mark).length).toBeGreaterThanOrEqual(2);

  await aws.stop();
  started.pop();

  expect(await allGone(mark)).toEqual([]);
}, 60_000);

test('a function calls through the gateway, and stops with its Region', async () => {
  const aws = await start();
  await createBucket(aws, 'eu-west-1', 'elsewhere');
  const code = `
    const { S3Client, HeadBucketCommand } = require('@aws-sdk/client-s3');
    exports.handler = async () => new S3Client({ region: 'eu-west-1', maxAttempts: 1 }).send(new HeadBucketCommand({ Bucket: 'elsewhere' }))
      .then(() => 'ok', (error) => error.code ?? String(error.$metadata.httpStatusCode));`;
  expect(await invokeFunction(aws, code)).toBe('"403"');

  const entry = (await aws.control.accessLog()).find(({ operation, bucket }) => operation === 'HeadBucket' && bucket === 'elsewhere');
  expect(entry).toMatchObject({ callerRegion: 'us-east-1', region: 'eu-west-1', status: 403 });
  expect(entry!.principal).toMatch(/:assumed-role\/worker\//);

  // The invocation itself is let in first; from then on its own Region is dead, and Ireland lives.
  const lambda = aws.clients.lambda('us-east-1');
  await aws.control.setBucket('elsewhere', { kind: 'slow', ms: 500 });
  const invoked = lambda.send(new InvokeCommand({ FunctionName: 'worker' }));
  await sleep(300);
  const since = Date.now();
  await aws.control.setRegion('us-east-1', { kind: 'refused' });
  await expect(invoked).rejects.toThrow();
  await sleep(400);
  expect((await aws.control.accessLog(since - 500)).filter(({ callerRegion }) => callerRegion).map(({ outcome: how }) => how)).toContain('refused');
}, 30_000);

test('two local AWSs live side by side and know nothing of each other', async () => {
  const [one, other] = await Promise.all([start(), start({ account: '444455556666' })]);
  await createBucket(one, 'us-east-1', 'shared-name');
  await createBucket(other, 'eu-west-1', 'shared-name');
  await one.clients.s3('us-east-1').send(new PutObjectCommand({ Bucket: 'shared-name', Key: 'k', Body: 'one' }));
  await one.control.setRegion('eu-west-1', { kind: 'refused' });

  expect(await outcome(other.clients.s3('eu-west-1').send(new PutObjectCommand({ Bucket: 'shared-name', Key: 'k', Body: 'other' })))).toBe('ok');
  const { Body } = await one.clients.s3('us-east-1').send(new GetObjectCommand({ Bucket: 'shared-name', Key: 'k' }));
  expect(await Body!.transformToString()).toBe('one');
  expect((await other.clients.s3('eu-west-1').send(new ListBucketsCommand({}))).Buckets).toHaveLength(1);
}, 30_000);

describe('however its owner ends', () => {
  const script = join(mkdtempSync(join(tmpdir(), 'local-aws-owner-')), 'owner.ts');
  writeFileSync(script, `
    import { startLocalAws } from ${JSON.stringify(join(ROOT, 'local'))};
    const [, , how, ...endless] = process.argv;
    void startLocalAws().then((aws) => {
      const lines = [];
      void aws.cdk(endless, { onLine: (line) => {
        lines.push(line);
        if (line !== 'app runs') return;
        console.log(JSON.stringify({ group: aws.processGroup }));
        if (how === 'throw') throw new Error('on purpose');
      } }).then(() => console.log(JSON.stringify({ ended: lines })));
    });
  `);

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL', 'throw'] as const)('(%s), nothing is left: neither emulator nor cdk nor app', async (how) => {
    const mark = `mark-${process.pid}-${how}`;
    const owner = spawn(process.execPath, ['-r', 'ts-node/register', script, how, ...endless(mark)], { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
    owners.push(owner);
    const { group } = await firstLine(owner);
    if (how !== 'throw') {
      expect(processes(group)).not.toEqual([]);
      // The owner, the cdk command and its app.
      expect(processes(mark).length).toBeGreaterThanOrEqual(3);
      owner.kill(how);
    }

    expect(await allGone(group)).toEqual([]);
    expect(await allGone(mark)).toEqual([]);
  }, 60_000);
});

async function firstLine(child: ChildProcess): Promise<{ group: number }> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { group, ended } = JSON.parse(line) as { group?: number; ended?: string[] };
    if (group !== undefined) return { group };
    throw new Error(`cdk ended before its app ran:\n${ended!.join('\n')}`);
  }
  throw new Error('the owner ended before it had a local AWS');
}

test('progress is told while the emulator takes its time', async () => {
  const slow = join(mkdtempSync(join(tmpdir(), 'local-aws-slow-')), 'python');
  writeFileSync(slow, `#!/bin/sh\nsleep 4\nexec "${join(ROOT, '.local/venv/bin/python')}" "$@"\n`, { mode: 0o755 });
  const lines: string[] = [];
  await start({ python: slow, onProgress: (line) => lines.push(line) });

  expect(lines[0]).toBe('starting the emulator');
}, 30_000);

test('fails when the port is in use, and says what to do', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolvePort) => {
    other.listen(0, '127.0.0.1', () => resolvePort((other.address() as { port: number }).port));
  });
  await expect(startLocalAws({ port })).rejects.toThrow(`port ${port} is in use; stop what listens there, or choose another with 'port'`);
  other.close();
});

test('fails when the emulator is not installed, and says what to do', async () => {
  await expect(startLocalAws({ python: '/nowhere/python' })).rejects.toThrow("the emulator is not installed: no '/nowhere/python'; run 'npm start' or 'npm test', which install it");
});

test('fails when the emulator cannot start, and says why and where to look', async () => {
  const broken = join(mkdtempSync(join(tmpdir(), 'local-aws-broken-')), 'python');
  writeFileSync(broken, '#!/bin/sh\necho "ModuleNotFoundError: No module named ministack" >&2\nexit 1\n', { mode: 0o755 });
  const failure = await startLocalAws({ python: broken }).then(() => undefined, (error: Error) => error.message);

  expect(failure).toMatch(/^the emulator ended while it started: ModuleNotFoundError: No module named ministack; its log is '.*aws-.*\.log', and deleting '\.local\/venv'/);
  expect(existsSync(/its log is '([^']+)'/.exec(failure!)![1])).toBe(true);
});

test('fails when the account is no account id', async () => {
  await expect(startLocalAws({ account: 'me' })).rejects.toThrow("'account' must be 12 digits, got 'me'");
});
