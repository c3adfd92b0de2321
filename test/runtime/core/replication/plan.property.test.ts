import * as fc from 'fast-check';
import type { ReplicationConfiguration, ReplicationRule } from '../../../../runtime/core/replication/model';
import { planRemoval, planRules } from '../../../../runtime/core/replication/plan';
import { isOurs } from '../../../../runtime/core/replication/rules';
import { PREFIX, ROLE, wanted } from '../../support/replication';

const REGIONS = ['us-west-1', 'us-west-2', 'eu-west-1', 'eu-north-1', 'ap-south-1', 'sa-east-1'];
const status = fc.constantFrom('Enabled' as const, 'Disabled' as const);
const tag = fc.record({ Key: fc.string({ minLength: 1, maxLength: 4 }), Value: fc.string({ maxLength: 4 }) });

const foreignRule: fc.Arbitrary<ReplicationRule> = fc.record(
  {
    // Some begin like ours.
    ID: fc.option(fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom(PREFIX, `${PREFIX}x`, PREFIX.slice(0, -1))), { nil: undefined }),
    Priority: fc.integer({ min: 0, max: 12 }),
    Status: status,
    Filter: fc.oneof(fc.constant({}), fc.record({ Prefix: fc.string({ maxLength: 4 }) }), fc.record({ Tag: tag }), fc.record({ And: fc.record({ Prefix: fc.string(), Tags: fc.array(tag, { minLength: 1, maxLength: 3 }) }) })),
    DeleteMarkerReplication: fc.record({ Status: status }),
    Destination: fc.record({ Bucket: fc.constantFrom('arn:aws:s3:::archive', 'arn:aws:s3:::media-eu-west-1'), StorageClass: fc.constantFrom('STANDARD', 'GLACIER_IR') }),
  },
  { requiredKeys: ['Priority', 'Status', 'Filter', 'Destination'] },
);

const foreignRules = fc.uniqueArray(foreignRule, { selector: (rule) => rule.Priority, maxLength: 8 });

const want = fc
  .record({
    destinations: fc.subarray(REGIONS, { minLength: 1 }).map((regions) => regions.map((region) => ({ region, bucket: `media-${region}` }))),
    keyPrefix: fc.constantFrom('', 'photos/'),
    deleteMarkers: fc.boolean(),
    replicaModifications: fc.boolean(),
    timeControl: fc.boolean(),
    metrics: fc.boolean(),
  })
  .map((options) => wanted({ ...options, metrics: options.metrics || options.timeControl }));

/** S3, as far as a plan goes. */
function carryOut(existing: ReplicationConfiguration | undefined, plan: ReturnType<typeof planRules>): ReplicationConfiguration | undefined {
  if (plan.action === 'refuse') throw new Error(plan.reason);
  if (plan.action === 'leave') return existing;
  return plan.action === 'remove' ? undefined : plan.configuration;
}

function existing(rules: readonly ReplicationRule[]): ReplicationConfiguration | undefined {
  return rules.length === 0 ? undefined : { Role: ROLE, Rules: rules };
}

const foreignIn = (configuration: ReplicationConfiguration | undefined) => (configuration?.Rules ?? []).filter((rule) => !isOurs(rule, PREFIX));

test('rules of others come through every series of updates untouched and in order', () => {
  fc.assert(
    fc.property(foreignRules, fc.array(want, { minLength: 1, maxLength: 4 }), (others, wants) => {
      let now = existing(others);
      for (const one of wants) now = carryOut(now, planRules(now, one));
      foreignIn(now).forEach((rule, index) => expect(rule).toBe(others[index]));
      expect(foreignIn(now)).toHaveLength(others.length);
    }),
  );
});

test('priorities are unique, and there is one rule for each destination', () => {
  fc.assert(
    fc.property(foreignRules, want, want, (others, first, second) => {
      const before = carryOut(existing(others), planRules(existing(others), first));
      const after = carryOut(before, planRules(before, second));
      const numbers = (after?.Rules ?? []).map((rule) => rule.Priority);
      expect(new Set(numbers).size).toBe(numbers.length);
      const ours = (after?.Rules ?? []).filter((rule) => isOurs(rule, PREFIX)).map((rule) => rule.Destination?.Bucket);
      expect([...ours].sort()).toEqual(second.destinations.map(({ bucket }) => `arn:aws:s3:::${bucket}`).sort());
    }),
  );
});

test('a destination that stays keeps its priority', () => {
  fc.assert(
    fc.property(foreignRules, want, want, (others, first, second) => {
      const before = carryOut(existing(others), planRules(existing(others), first));
      const after = carryOut(before, planRules(before, second));
      for (const { region } of second.destinations) {
        const was = before?.Rules?.find((rule) => rule.ID === `${PREFIX}${region}`);
        const is = after?.Rules?.find((rule) => rule.ID === `${PREFIX}${region}`);
        if (was) expect(is?.Priority).toBe(was.Priority);
      }
    }),
  );
});

test('doing it twice is doing it once', () => {
  fc.assert(
    fc.property(foreignRules, want, (others, one) => {
      const once = carryOut(existing(others), planRules(existing(others), one));
      expect(planRules(once, one)).toEqual({ action: 'leave' });
    }),
  );
});

test('removal after any updates gives back what others had, and is done once', () => {
  fc.assert(
    fc.property(foreignRules, want, want, (others, first, second) => {
      const before = existing(others);
      let now = before;
      for (const one of [first, second]) now = carryOut(now, planRules(now, one));
      const removed = carryOut(now, planRemoval(now, PREFIX));
      expect(removed).toEqual(before);
      expect(planRemoval(removed, PREFIX)).toEqual({ action: 'leave' });
    }),
  );
});
