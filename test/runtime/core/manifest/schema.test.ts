import { parseManifest, revisionOf } from '../../../../runtime/core/manifest/schema';
import { manifest, NEW_ARN } from '../../support/manifest';

function problem(value: unknown): string {
  const parsed = parseManifest(typeof value === 'string' ? value : JSON.stringify(value));
  return 'problem' in parsed ? parsed.problem : 'none';
}

test('a manifest is read as it was written', () => {
  expect(parseManifest(JSON.stringify(manifest()))).toEqual({ manifest: manifest() });
});

test('members that a later release has added are ignored', () => {
  const later = { ...manifest(), colour: 'blue', accessPoint: { ...manifest().accessPoint, shape: 'round' } };

  expect(parseManifest(JSON.stringify(later))).toEqual({ manifest: manifest() });
});

const { accessPoint, routing } = manifest();
const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
const order = { mode: 'failover-order', regions: ['us-east-1', 'us-west-2'] } as const;
const controlled = (changed: object = {}) => ({ ...manifest(), version: 2, routing: order, controller: { table: 'media-controller', policy: { voters: VOTERS, intervalMs: 2_000, failback: { kind: 'when drained', forMs: 600_000 }, vetoAlarms: [{ region: 'us-east-1', name: 'stop' }] }, ...changed } });

test('a controller is read as it was written', () => {
  expect(parseManifest(JSON.stringify(controlled()))).toEqual({ manifest: controlled() });
});

test.each([
  ['no JSON', 'arn:aws:s3', 'it is not JSON'],
  ['empty', '', 'it is not JSON'],
  ['no object', '[]', 'the whole must be an object, got []'],
  ['null', 'null', 'the whole must be an object, got null'],
  ['of a newer version', { ...manifest(), version: 3 }, "'version' is 3, and this release reads up to 2; use a newer release of cdk-s3-failover"],
  ['of a newer version that looks different', { version: 7 }, "'version' is 7, and this release reads up to 2"],
  ['of no version', { ...manifest(), version: undefined }, "'version' must be 1 or 2, got nothing"],
  ['of version 0', { ...manifest(), version: 0 }, "'version' must be 1 or 2, got 0"],
  ['without a revision', { ...manifest(), revision: undefined }, "'revision' must be a whole number of at least 1, got nothing"],
  ['of a broken revision', { ...manifest(), revision: 1.5 }, "'revision' must be a whole number of at least 1, got 1.5"],
  ['of revision 0', { ...manifest(), revision: 0 }, "'revision' must be a whole number of at least 1, got 0"],
  ['of the version of one with a controller, and has none', { ...manifest(), version: 2 }, "'version' must be 2 with 'controller' and 1 without, got 2"],
  ['with a controller and of the version without', { ...controlled(), version: 1 }, "'version' must be 2 with 'controller' and 1 without, got 1"],
  ['with a controller whose table has no name', controlled({ table: 'a/b' }), "'controller.table' must be the name of a DynamoDB table, got 'a/b'"],
  ['with a policy of two voters', controlled({ policy: { voters: ['us-east-1', 'us-east-2'] } }), "'controller.policy' must keep the rules of a policy: 'voters' must be 3 control Regions, got 2"],
  ['with a policy that acts on a blip', controlled({ policy: { voters: VOTERS, unhealthyForMs: 10_000 } }), "'controller.policy' must keep the rules of a policy: 'unhealthyForMs' must be at least 3 intervals and a probe (35000), got 10000"],
  ['with a policy of text', controlled({ policy: { voters: VOTERS, coolDownMs: '1h' } }), "'controller.policy.coolDownMs' must be a number of milliseconds, got '1h'"],
  ['with a strange failback', controlled({ policy: { voters: VOTERS, failback: { kind: 'soon' } } }), "'controller.policy.failback.kind' must be { kind: 'manual' } or"],
  ['with a controller beside another routing', { ...controlled(), routing: manifest().routing }, "'controller.policy' must stand beside routing in 'failover-order'"],
  ['of a strange account', { ...manifest(), account: 'me' }, "'account' must be an account id of 12 digits, got 'me'"],
  ['without an access point', { ...manifest(), accessPoint: undefined }, "'accessPoint' must be an object, got nothing"],
  ['of a Regional access point', { ...manifest(), accessPoint: { ...accessPoint, arn: 'arn:aws:s3:us-east-1:111122223333:accesspoint/x' } }, "'accessPoint.arn' must be the ARN of a Multi-Region Access Point, got 'arn:aws:s3:us-east-1"],
  ['of two access points', { ...manifest(), accessPoint: { ...accessPoint, arn: NEW_ARN } }, "'accessPoint.arn' must be made of partition, account and alias (mfzwi23gnjvgw.mrap), got 'arn:aws:s3::111122223333:accesspoint/a1b2c3d4e5f6g.mrap'"],
  ['of a strange bucket', { ...manifest(), buckets: { 'us-east-1': 'B' } }, "'buckets.us-east-1' must be a bucket name"],
  ['of a strange Region', { ...manifest(), buckets: { mars: 'media' } }, "'buckets.mars' must be a Region such as us-east-1"],
  ['of no buckets', { ...manifest(), buckets: {} }, "'buckets' must name at least one bucket, got {}"],
  ['of text for a flag', { ...manifest(), accessPoint: { ...accessPoint, publicAccessBlock: { ...accessPoint.publicAccessBlock, blockPublicAcls: 'true' } } }, "'accessPoint.publicAccessBlock.blockPublicAcls' must be a boolean, got 'true'"],
  ['of an unknown routing', { ...manifest(), routing: { ...routing, mode: 'random' } }, "'routing.mode' must be one of latency, active-passive, failover-order, got 'random'"],
  ['of routing to nowhere', { ...manifest(), routing: { ...routing, regions: [] } }, "'routing.regions' must name at least one Region, got []"],
  ['of routing to a Region that is no member', { ...manifest(), routing: { ...routing, regions: ['sa-east-1'] } }, `'routing.regions' must be Regions of the access point, got ["sa-east-1"]`],
])('fails when it is %s, naming path and rule', (_, value, expected) => {
  expect(problem(value)).toContain(expected);
});

test.each([
  [JSON.stringify(manifest()), 5],
  ['{"version": 9, "revision": 40}', 40],
  ['{"revision": "40"}', undefined],
  ['{"revision": 1e300}', undefined],
  ['null', undefined],
  ['no JSON', undefined],
])('the revision of %.40s is %p, even where nothing else is understood', (text, revision) => {
  expect(revisionOf(text)).toBe(revision);
});
