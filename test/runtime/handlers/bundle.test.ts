import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ResourceType } from '../../../lib/private/contract';
import { makeEvent } from '../support/custom-resource-event';
import { guardProperties } from '../support/manifest';

const ROOT = resolve(__dirname, '..', '..', '..');
let outdir: string;

function bundle(into: string): string {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'bundle.mjs'), '--outdir', into], { cwd: tmpdir(), stdio: 'pipe' });
  return join(into, 'deployment');
}

const HANDLERS = ['deployment', 'observer'];

function hash(folder: string): string[] {
  return readdirSync(folder).sort().map((file) => `${file} ${createHash('sha256').update(readFileSync(join(folder, file))).digest('hex')}`);
}

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 's3-failover-bundle-'));
  bundle(join(outdir, 'one'));
}, 60_000);

afterAll(() => rmSync(outdir, { recursive: true, force: true }));

test('two runs give the same bytes', () => {
  bundle(join(outdir, 'two'));

  for (const name of HANDLERS) expect(hash(join(outdir, 'two', name))).toEqual(hash(join(outdir, 'one', name)));
}, 60_000);

test.each(HANDLERS)('the handler of %s stays below 1 MB, and its folder holds nothing but it and the licences', (name) => {
  const folder = join(outdir, 'one', name);

  expect(readdirSync(folder).sort()).toEqual(['THIRD-PARTY-LICENSES.txt', 'index.js']);
  expect(statSync(join(folder, 'index.js')).size).toBeLessThanOrEqual(1_000_000);
});

test('the licences name every package that is inside, with a text', () => {
  const licences = readFileSync(join(outdir, 'one', 'deployment', 'THIRD-PARTY-LICENSES.txt'), 'utf8');

  for (const name of ['@aws-sdk/client-s3', '@aws-sdk/client-s3-control', '@aws-sdk/client-ssm', '@aws-sdk/client-cloudformation', '@smithy/core', 'zod', '@aws-lambda-powertools/logger']) {
    expect(licences).toMatch(new RegExp(`^${name.replace('/', '\\/')} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
  }
  expect(licences).toContain('Apache License');
  expect(licences).toContain('Permission is hereby granted, free of charge');
});

test('the handler needs nothing but Node, and refuses what it cannot do with a reason alone', () => {
  const event = makeEvent('Create', ResourceType.GUARD, { ...guardProperties(), ManifestRegions: ['mars'] });
  const script = `
    const Module = require('node:module');
    const load = Module._load;
    const asked = new Set();
    Module._load = function (request) { asked.add(request); return load.apply(this, arguments); };
    const { handler } = require(process.argv[1]);
    const context = { awsRequestId: 'r', functionName: 'f', invokedFunctionArn: 'a', memoryLimitInMB: '1', getRemainingTimeInMillis: () => 60000 };
    handler(JSON.parse(process.argv[2]), context).catch((error) => process.stderr.write(JSON.stringify({ asked: [...asked], reason: error.message, stack: error.stack })));
  `;
  const { status, stderr } = run(['-e', script, join(outdir, 'one', 'deployment', 'index.js'), JSON.stringify(event)]);

  expect(status).toBe(0);
  const told = JSON.parse(stderr.slice(stderr.lastIndexOf('{"asked"')));
  expect(told.reason).toBe("'ManifestRegions[0]' must be a Region such as us-east-1, got 'mars'; deploy this resource with the library's own constructs");
  expect(told.stack).toBe('');
  const foreign = told.asked.map((name: string) => name.replace(/^node:/, '')).filter((name: string) => !name.startsWith('/') && !builtinModules.includes(name));
  expect(foreign).toEqual([]);
});

test('an observer without settings says what is missing', () => {
  const script = `
    const { handler } = require(process.argv[1]);
    const context = { awsRequestId: 'r', functionName: 'f', invokedFunctionArn: 'a', memoryLimitInMB: '1', getRemainingTimeInMillis: () => 60000 };
    handler({}, context).catch((error) => process.stderr.write(error.message));
  `;
  const { status, stderr } = run(['-e', script, join(outdir, 'one', 'observer', 'index.js')]);

  expect(status).toBe(0);
  expect(stderr).toContain(`'S3_FAILOVER_OBSERVER': must be set, got nothing; deploy the observer as this library makes it`);
});

function run(args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: outdir, env: { PATH: process.env.PATH }, encoding: 'utf8', timeout: 30_000 });
  return { status, stderr };
}
