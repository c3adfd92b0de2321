import type { ObserverSettings } from '../../../../lib/private/controller-contract';
import { parseObserverSettings } from '../../../../runtime/core/controller/observer-settings';
import { A, B, C, ORDER, settings, VOTERS } from './estate';

const buckets = (region: string) => ({ data: `media-111122223333-${region}-an`, probe: `media-probe-${region}` });
const VOTER: ObserverSettings = {
  name: 'media',
  role: 'voter',
  accessPointArn: 'arn:aws:s3::111122223333:accesspoint/media.mrap',
  table: 'media-controller',
  policy: settings({ failback: { kind: 'when drained', forMs: 60_000 }, vetoAlarms: [{ region: A, name: 'orders' }] }),
  regions: Object.fromEntries(ORDER.map((region) => [region, buckets(region)])),
  keyPrefix: '',
  topicArn: `arn:aws:sns:${VOTERS[0]}:111122223333:media-alarms`,
};
const parse = (changed: object = {}, region: string | undefined = VOTERS[0]) => parseObserverSettings(JSON.stringify({ ...VOTER, ...changed }), region);

test('settings come with their policy complete, and with the observer\'s Region', () => {
  const { policy, region, regions } = parse();
  expect(region).toBe(VOTERS[0]);
  expect(policy).toMatchObject({ order: ORDER, voters: VOTERS, intervalMs: 10_000, failback: { kind: 'when drained', forMs: 60_000 }, vetoAlarms: [{ region: A, name: 'orders' }], hash: expect.stringMatching(/^[0-9a-f]{16}$/) });
  expect(regions).toEqual(VOTER.regions);
});

test('a Region\'s own observer needs no topic', () => {
  expect(parse({ role: 'self', topicArn: undefined }, C)).toMatchObject({ role: 'self', region: C });
});

test.each<[string, object, string | undefined, string]>([
  ['a Region that Lambda did not set', {}, '', `'AWS_REGION' must be a Region such as us-east-1, got ''; Lambda sets it`],
  ['a quorum of no numbers', { policy: { ...settings(), quorum: { k: 'two', n: 3 } } }, A, `'policy.quorum.k' must be a number, got 'two'`],
  ['an alarm without a name', { policy: { ...settings(), vetoAlarms: [{ region: A, name: '' }] } }, A, `'policy.vetoAlarms[0].name' must not be empty, got ''`],
  ['an alarm with too long a name', { policy: { ...settings(), vetoAlarms: [{ region: A, name: 'x'.repeat(256) }] } }, A, `'policy.vetoAlarms[0].name' must have at most 255 characters`],
  ['no name', { name: '' }, A, `'name' must not be empty, got ''`],
  ['too long a name', { name: 'x'.repeat(64) }, A, `'name' must have at most 63 characters`],
  ['a table whose name is none', { table: '/media-controller' }, A, `'table' must be the name of a table, got '/media-controller'`],
  ['a table whose name goes on', { table: 'media-controller/x' }, A, `'table' must be the name of a table, got 'media-controller/x'`],
  ['too long a prefix', { keyPrefix: 'x'.repeat(901) }, A, `'keyPrefix' must have at most 900 characters`],
  ...['media-alarms', `x${VOTER.topicArn}`, `${VOTER.topicArn}/x`, `arn:aws-:sns:${A}:111122223333:t`].map((topicArn): [string, object, string, string] => [`'${topicArn}' as a topic`, { topicArn }, A, `'topicArn' must be the ARN of a topic, got '${topicArn}'`]),
  ['a role that is none', { role: 'judge' }, A, `'S3_FAILOVER_OBSERVER': 'role' must be 'voter' or 'self', got 'judge'; deploy the observer as this library makes it`],
  ['an access point that is none', { accessPointArn: 'arn:aws:s3:us-east-1:111122223333:accesspoint/x' }, A, `'accessPointArn' must be the ARN of a Multi-Region Access Point, got 'arn:aws:s3:us-east-1`],
  ['a Region without buckets', { regions: { [A]: buckets(A), [B]: buckets(B) } }, A, `'regions' must hold the buckets of each Region of 'policy.order', got none of '${C}'`],
  ['a bucket\'s name that is none', { regions: { ...VOTER.regions, [B]: { data: 'X', probe: 'media' } } }, A, `'regions.${B}.data' must be a bucket name`],
  ['a policy that breaks a rule', { policy: settings({ intervalMs: 500 }) }, A, `'policy' is not one to act by: 'intervalMs' must be at least 2000, got 500`],
  ['a time that is no number', { policy: { ...settings(), coolDownMs: '30 min' } }, A, `'policy.coolDownMs' must be a number of milliseconds, got '30 min'`],
  ['a failback that is none', { policy: { ...settings(), failback: { kind: 'always' } } }, A, `'policy.failback' must be 'manual' or 'when drained', got {"kind":"always"}`],
  ['a voter where none is', {}, C, `'role' may not be 'voter' in ${C}, which is none of ${VOTERS.join(', ')}`],
  ['an observer of no data Region', { role: 'self' }, 'us-east-2', `'role' may not be 'self' in us-east-2, which is none of ${ORDER.join(', ')}`],
  ['a topic elsewhere', { topicArn: 'arn:aws:sns:us-west-2:111122223333:t' }, A, `'topicArn' must be of the observer's own Region (${A})`],
])('fails with %s', (_, changed, region, message) => {
  expect(() => parse(changed, region)).toThrow(message);
});

test('a voter needs no topic, and any observer takes one of its partition; one of a Region itself may be elsewhere', () => {
  expect(parse({ topicArn: undefined })).not.toHaveProperty('topicArn');
  expect(parse({ topicArn: `arn:aws-us-gov:sns:${A}:111122223333:t` }).topicArn).toBe(`arn:aws-us-gov:sns:${A}:111122223333:t`);
  expect(parse({ role: 'self' }, C).topicArn).toBe(VOTER.topicArn);
});

test('a failback may be manual', () => {
  expect(parse({ policy: settings({ failback: { kind: 'manual' } }) }).policy.failback).toEqual({ kind: 'manual' });
});

test('fails outside of Lambda, which sets the Region', () => {
  expect(() => parseObserverSettings(JSON.stringify(VOTER), undefined)).toThrow(`'AWS_REGION' must be a Region such as us-east-1, got nothing; Lambda sets it`);
});

test('fails without settings, and with text that is no JSON', () => {
  expect(() => parseObserverSettings(undefined, A)).toThrow(`'S3_FAILOVER_OBSERVER': must be set, got nothing; deploy`);
  expect(() => parseObserverSettings('', A)).toThrow(`'S3_FAILOVER_OBSERVER': must be set, got nothing; deploy`);
  expect(() => parseObserverSettings('{', A)).toThrow(`'S3_FAILOVER_OBSERVER': must be JSON; deploy`);
});
