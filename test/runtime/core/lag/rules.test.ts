import { dataRules } from '../../../../runtime/core/lag/rules';
import type { ReplicationRule } from '../../../../runtime/core/replication/model';

const to = (bucket: string, change: Partial<ReplicationRule> = {}): ReplicationRule => ({
  ID: 'r', Status: 'Enabled', Filter: { Prefix: '' }, Destination: { Bucket: `arn:aws-cn:s3:::${bucket}`, Metrics: { Status: 'Enabled' } }, ...change,
});
const rules = (...Rules: ReplicationRule[]) => dataRules({ Role: 'role', Rules }, 'media');

test('enabled rules to the bucket are found, whatever the partition', () => {
  expect(rules(to('media'))).toEqual([{ id: 'r', keyPrefix: '', byTags: false, metrics: true }]);
});

test.each<[string, ReplicationRule]>([
  ['of another destination', to('archive')],
  ['of one whose name only ends alike', to('other-media')],
  ['that is disabled', to('media', { Status: 'Disabled' })],
  ['without a destination', to('media', { Destination: undefined })],
])('a rule %s is none', (_, rule) => expect(rules(rule)).toEqual([]));

test.each<[string, Partial<ReplicationRule>, object]>([
  ['of a filter', { Filter: { Prefix: 'a/' } }, { keyPrefix: 'a/', byTags: false }],
  ['of a filter with tags', { Filter: { And: { Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] } } }, { keyPrefix: 'a/', byTags: true }],
  ['of one tag', { Filter: { Tag: { Key: 'k', Value: 'v' } } }, { keyPrefix: '', byTags: true }],
  ['of version 1', { Filter: undefined, Prefix: 'a/' }, { keyPrefix: 'a/', byTags: false }],
  ['of nothing', { Filter: undefined }, { keyPrefix: '', byTags: false }],
])('the coverage %s is read', (_, change, expected) => expect(rules(to('media', change))).toMatchObject([expected]));

test('metrics that are off are told', () => {
  expect(rules(to('media', { Destination: { Bucket: 'arn:aws:s3:::media' } }))).toMatchObject([{ metrics: false }]);
});

test('a bucket without replication has no rules', () => {
  expect([dataRules(undefined, 'media'), dataRules({ Role: undefined, Rules: undefined }, 'media')]).toEqual([[], []]);
});
