import { EXEMPT_PREFIXES, FENCE_CHECK_PREFIX, FENCED_ACTIONS, fenceStatement, fenceTerms } from '../../../../../runtime/core/operate/fence/statement';
import { FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

const { wall } = new FakeEstate(new VirtualClock());
const UNTIL = Date.UTC(2026, 10, 24, 3, 3, 0, 250);
const place = { partition: 'aws', bucket: 'media' };
const statement = (exempt?: string[]) => JSON.parse(fenceStatement(wall, { actId: 'abc12345', until: UNTIL }, { ...place, exempt })) as { [member: string]: unknown };

const matches = (pattern: string, text: string) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(text);
const denies = (action: string) => FENCED_ACTIONS.some((pattern) => matches(pattern, action));
const exempts = (key: string) => (statement().NotResource as string[]).some((pattern) => matches(pattern, `arn:aws:s3:::media/${key}`));

test('a fence says who raised it and when it lapses, in whole seconds', () => {
  expect(statement()).toMatchObject({ Sid: 'S3FailoverFenceabc12345', Effect: 'Deny', Principal: '*', Condition: { DateLessThan: { 'aws:CurrentTime': '2026-11-24T03:03:00Z' } } });
  expect(fenceTerms(wall, statement())).toEqual({ actId: 'abc12345', until: UNTIL - 250 });
});

test.each([
  's3:PutObject', 's3:PutObjectAcl', 's3:PutObjectVersionAcl', 's3:PutObjectTagging', 's3:PutObjectVersionTagging', 's3:PutObjectRetention', 's3:PutObjectLegalHold',
  's3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteObjectTagging', 's3:DeleteObjectVersionTagging', 's3:RestoreObject',
])('clients are refused %s', (action) => {
  expect(denies(action)).toBe(true);
});

test.each([
  's3:ReplicateObject', 's3:ReplicateDelete', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner', 's3:InitiateReplication', 's3:GetObjectVersionForReplication',
  's3:GetObject', 's3:ListBucketVersions', 's3:AbortMultipartUpload', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 's3:PutReplicationConfiguration', 's3:PutBucketObjectLockConfiguration',
])('%s passes', (action) => {
  expect(denies(action)).toBe(false);
});

test('what the tool itself writes is exempt, and what it tries the fence with is not', () => {
  for (const prefix of EXEMPT_PREFIXES) expect(exempts(`${prefix}x/1`)).toBe(true);
  for (const key of ['a', `${FENCE_CHECK_PREFIX}abc12345`, 'x/.s3-failover/probe/1', '.s3-failover/other', '.s3-failover']) expect(exempts(key)).toBe(false);
});

test('markers under the key prefix of a rule can be exempt too, and no character of it is a wildcard', () => {
  expect(statement(['media/*?$/.s3-failover/marker/']).NotResource).toContain('arn:aws:s3:::media/media/${*}${?}${$}/.s3-failover/marker/*');
});

test.each([
  ['an Allow', { ...statement(), Effect: 'Allow' }],
  ['another Sid', { ...statement(), Sid: 'S3FailoverFence' }],
  ['a Sid with more to it', { ...statement(), Sid: 'MyS3FailoverFenceabc12345' }],
  ['no statement', 'text'],
  ['nothing', null],
])('%s is no fence', (_, value) => {
  expect(fenceTerms(wall, value)).toBeUndefined();
});

test('a time in a list is read, and a time that is none is not made up', () => {
  expect(fenceTerms(wall, { ...statement(), Condition: { DateLessThan: { 'aws:CurrentTime': ['2026-11-24T03:03:00Z'] } } })?.until).toBe(UNTIL - 250);
  for (const Condition of [undefined, {}, { DateLessThan: { 'aws:CurrentTime': 'soon' } }, { DateLessThan: { 'aws:CurrentTime': ['a', 'b'] } }])
    expect(fenceTerms(wall, { ...statement(), Condition })).toEqual({ actId: 'abc12345', until: undefined });
});
