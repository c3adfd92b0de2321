import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../lib/private/contract';
import type { Credentials } from '../../local';
import { dynamoTable, type DynamoTable } from '../../runtime/aws/table';
import { claimed } from '../../runtime/core/controller/register-moves';
import { formatRegister, parseRegister, REGISTER, type RegisterState } from '../../runtime/core/controller/register-state';
import { estateOf } from '../../runtime/core/operate/estate';
import { policyFor } from '../../runtime/core/operate/policy/document';
import { scopeOf } from '../../runtime/core/operate/policy/scope';
import type { PolicyVerb } from '../../runtime/core/operate/policy/verbs';
import { makeOperatorEstate } from './operator-estate';
import { EAST, IRELAND, Lab, WEST, type Statement } from './replication-lab';
import { documentOf, runCli } from './run-cli';
import { makeStrongTable } from './strong-table';

jest.setTimeout(120_000);

const TABLE = 'media-controller';
/** The second holds no bucket. */
const VOTERS = [EAST, 'us-east-2', WEST];
const folder = mkdtempSync(join(tmpdir(), 's3-failover-'));
const signal = new AbortController().signal;

let lab: Lab;
let manifest: Manifest;
let table: DynamoTable;
const users = new Map<PolicyVerb, Credentials>();

beforeAll(async () => {
  lab = await Lab.start();
  await lab.aws.control.setPropagation({ ms: 200 });
  await makeStrongTable(lab.aws, TABLE, VOTERS);
  const made = await makeOperatorEstate(lab, [EAST, WEST, IRELAND]);
  manifest = { ...made.manifest, version: 2, controller: { table: TABLE, policy: { voters: VOTERS } } };
  writeFileSync(join(folder, 'media.json'), JSON.stringify(manifest));
  table = dynamoTable({ tableName: TABLE, region: 'us-east-2', config: { endpoint: lab.aws.endpoint, credentials: await lab.user([{ Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: '*' }]) } });
  const first = claimed(undefined, { id: 'first', kind: 'adopted', by: 'voter us-east-1', why: 'it begins', active: [EAST], coolDownMs: 0 });
  await table.put(REGISTER, formatRegister(first), undefined, signal);
  for (const verb of ['failover', 'pause', 'resume', 'exclude', 'include', 'status'] as const) users.set(verb, await lab.user(policyFor(verb, scopeOf(estateOf(manifest))).document.Statement as unknown as Statement[]));
});
afterEach(() => lab.aws.control.heal());
afterAll(async () => {
  table?.close();
  rmSync(folder, { recursive: true, force: true });
  await lab?.stop();
});

/** Each verb as who may do that and nothing else. */
const run = (line: readonly string[]) => runCli(lab.aws, [...line, '--json', '--manifest', join(folder, 'media.json')], { credentials: users.get(line[0] as PolicyVerb) });
const register = async (): Promise<RegisterState> => parseRegister((await table.get(REGISTER, signal))!.item);

async function active(): Promise<string[]> {
  const { accessPoints } = await lab.aws.control.state();
  return accessPoints[estateOf(manifest).accessPoint.alias].submitted.filter(({ dial }) => dial > 0).map(({ region }) => region);
}

test('an excluded Region is no target of a failover, until it is included', async () => {
  expect((await run(['exclude', WEST, '--why', 'not deployed'])).code).toBe(0);
  await lab.aws.control.setRegion(EAST, { kind: 'refused' });
  const refused = await run(['failover', WEST, '--yes']);
  expect([refused.code, documentOf(refused).sentence]).toEqual([3, expect.stringMatching(/target us-west-2: it is excluded: not deployed/)]);
  expect(await active()).toEqual([EAST]);
  // One control Region of three is dead with the Region.
  expect((await run(['include', WEST])).code).toBe(0);
  expect(await register()).toMatchObject({ epoch: 1, excluded: [] });
});

test('a brake stops a failover, and nobody claims; released it goes through, with the active Region and its replica dead', async () => {
  expect((await run(['pause', '--why', 'a freeze'])).code).toBe(0);
  await lab.aws.control.setRegion(EAST, { kind: 'refused' });
  const refused = await run(['failover', WEST, '--yes']);
  expect([refused.code, documentOf(refused).sentence]).toEqual([3, expect.stringMatching(/brake: .* put it on until it is released: a freeze/)]);
  expect([(await register()).epoch, await active()]).toEqual([1, [EAST]]);
  expect((await run(['resume'])).code).toBe(0);
  expect(documentOf(await run(['failover', WEST, '--yes', '--proof', 'read-back'])).outcome).toBe('done');
  expect(await active()).toEqual([WEST]);
  expect(await register()).toMatchObject({ epoch: 2, intent: [WEST], act: { kind: 'human', state: 'done', from: [EAST] }, excluded: [{ region: EAST, moved: true }] });
});

test('of two operators at once, each claim has an epoch of its own, and live routes are what the last one intends', async () => {
  const before = (await register()).epoch;
  const ran = await Promise.all([EAST, IRELAND].map((region) => run(['failover', region, '--yes', '--force', '--proof', 'read-back'])));
  const { epoch, intent, act } = await register();
  expect(epoch).toBe(before + 2);
  expect(act.state).not.toBe('open');
  expect(await active()).toEqual(intent);
  // Who was overtaken does not say that it is done.
  const done = ran.filter((one) => documentOf(one).outcome === 'done');
  expect(done.length).toBeLessThanOrEqual(1);
});

test('status reads all of it with permissions to read alone', async () => {
  const document = documentOf(await run(['status']));
  const { epoch, intent } = await register();
  expect(document.controller).toMatchObject({ kind: 'there', epoch, intent, lastAct: { kind: 'human' }, observers: expect.arrayContaining([expect.objectContaining({ region: EAST, reports: 'none' })]) });
});

test('with two of three control Regions dead no failover goes past the register unless it is told to, and then it moves traffic', async () => {
  for (const region of [EAST, 'us-east-2']) await lab.aws.control.setRegion(region, { kind: 'refused' });
  const before = await active();
  const line = ['failover', WEST, '--yes', '--force', '--proof', 'read-back'];
  const refused = await run(line);
  expect([refused.code, documentOf(refused).sentence]).toEqual([3, expect.stringMatching(/--without-register/)]);
  expect(await active()).toEqual(before);
  const ran = await run([...line, '--without-register']);
  expect([ran.code, await active()]).toEqual([5, [WEST]]);
});
