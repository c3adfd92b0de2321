import { overlaps, planRemoval, planRules } from '../../../../runtime/core/replication/plan';
import type { ReplicationConfiguration } from '../../../../runtime/core/replication/model';
import { configuration, foreign, PREFIX, ROLE, wanted } from '../../support/replication';

const OTHER_ROLE = 'arn:aws:iam::111122223333:role/other';

function put(existing: ReplicationConfiguration | undefined, want = wanted()) {
  const plan = planRules(existing, want);
  if (plan.action !== 'put') throw new Error(`expected a put, got ${JSON.stringify(plan)}`);
  return plan.configuration;
}

function priorities(rules: ReplicationConfiguration['Rules']): { [id: string]: number | undefined } {
  return Object.fromEntries((rules ?? []).map((rule) => [rule.ID, rule.Priority]));
}

describe('rules of a bucket that has none', () => {
  test('are version 2 rules with explicit ids, one for each destination', () => {
    expect(put(undefined)).toEqual({
      Role: ROLE,
      Rules: [
        {
          ID: `${PREFIX}eu-west-1`,
          Priority: 1,
          Status: 'Enabled',
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Enabled' },
          SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
          Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1', Metrics: { Status: 'Enabled' } },
        },
        {
          ID: `${PREFIX}us-west-2`,
          Priority: 2,
          Status: 'Enabled',
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Enabled' },
          SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' } },
          Destination: { Bucket: 'arn:aws:s3:::media-us-west-2', Metrics: { Status: 'Enabled' } },
        },
      ],
    });
  });

  test('carry time control with its only threshold, and the metrics that it needs', () => {
    const [rule] = put(undefined, wanted({ timeControl: true })).Rules;

    expect(rule.Destination).toEqual({
      Bucket: 'arn:aws:s3:::media-eu-west-1',
      Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
      ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
    });
  });

  test('leave out what is not wanted, except delete markers, which a version 2 rule must name', () => {
    const [rule] = put(undefined, wanted({ deleteMarkers: false, replicaModifications: false, metrics: false, keyPrefix: 'photos/' })).Rules;

    expect(rule).toEqual({
      ID: `${PREFIX}eu-west-1`,
      Priority: 1,
      Status: 'Enabled',
      Filter: { Prefix: 'photos/' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1' },
    });
  });

  test('name buckets of the partition', () => {
    expect(put(undefined, wanted({ partition: 'aws-us-gov' })).Rules[0].Destination?.Bucket).toBe('arn:aws-us-gov:s3:::media-eu-west-1');
  });
});

describe('rules of others', () => {
  test('stay the very objects that were read, in their places', () => {
    const others = [foreign(), foreign({ ID: undefined, Priority: 9, Filter: {} })];

    const { Rules } = put(configuration(others));

    expect(Rules.slice(0, 2)).toEqual(others);
    expect(Rules[0]).toBe(others[0]);
    expect(Rules[1]).toBe(others[1]);
    expect(Rules).toHaveLength(4);
  });

  test('keep their priorities, and ours go around them', () => {
    const { Rules } = put(configuration([foreign({ Priority: 1 }), foreign({ ID: 'b', Priority: 3 })]));

    expect(priorities(Rules)).toEqual({ archive: 1, b: 3, [`${PREFIX}eu-west-1`]: 2, [`${PREFIX}us-west-2`]: 4 });
  });

  test('with an id that only begins like ours are not ours', () => {
    const alike = foreign({ ID: `${PREFIX}archive` });

    expect(put(configuration([alike])).Rules[0]).toBe(alike);
    expect(planRemoval(configuration([alike]), PREFIX)).toEqual({ action: 'leave' });
  });

  test('may be disabled and of any destination', () => {
    const disabled = foreign({ Status: 'Disabled', Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1' } });

    expect(put(configuration([disabled])).Rules[0]).toBe(disabled);
  });

  test('under the role that is passed are adopted', () => {
    const { Role, Rules } = put(configuration([foreign()], OTHER_ROLE), wanted({ roleArn: OTHER_ROLE }));

    expect(Role).toBe(OTHER_ROLE);
    expect(Rules).toHaveLength(3);
  });

  test('that copy to one of our destinations are reported, with the priority that decides', () => {
    const same = foreign({ Destination: { Bucket: 'arn:aws:s3:::media-us-west-2' } });

    expect(overlaps(configuration([same, foreign({ ID: 'elsewhere' })]), wanted())).toEqual([
      "rule 'archive' with priority 7 also replicates 'media-us-east-1' to arn:aws:s3:::media-us-west-2",
    ]);
    expect(overlaps(configuration([{ ...same, Status: 'Disabled' }]), wanted())).toEqual([]);
    expect(overlaps(undefined, wanted())).toEqual([]);
  });
});

describe('an update', () => {
  test('that changes nothing puts nothing', () => {
    expect(planRules(put(configuration([foreign()])), wanted())).toEqual({ action: 'leave' });
  });

  test.each([
    ['an option that is off is spelled out', { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Disabled' as const } } }],
    ['the filter for everything is empty', { Filter: {} }],
    ['metrics that are off are spelled out', { Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1', Metrics: { Status: 'Disabled' as const } } }],
  ])('puts nothing when what S3 answers means the same: %s', (_, spelled) => {
    const want = wanted({ replicaModifications: false, metrics: false, destinations: [{ region: 'eu-west-1', bucket: 'media-eu-west-1' }] });
    const [rule] = put(undefined, want).Rules;

    expect(planRules(configuration([{ ...rule, ...spelled }]), want)).toEqual({ action: 'leave' });
  });

  test.each([
    ['disabled it', { Status: 'Disabled' as const }],
    ['turned delete markers off', { DeleteMarkerReplication: { Status: 'Disabled' as const } }],
    ['narrowed its filter', { Filter: { Prefix: 'photos/' } }],
    ['gave it a storage class', { Destination: { Bucket: 'arn:aws:s3:::media-eu-west-1', Metrics: { Status: 'Enabled' as const }, StorageClass: 'GLACIER' } }],
  ])('repairs a rule of ours after somebody %s', (_, damage) => {
    const before = put(undefined);
    const damaged = configuration([{ ...before.Rules[0], ...damage }, before.Rules[1]]);

    expect(put(damaged)).toEqual(before);
  });

  test('keeps our priorities when a destination comes in or leaves', () => {
    const before = put(configuration([foreign({ Priority: 2 })]));
    const more = wanted({ destinations: [{ region: 'ap-south-1', bucket: 'media-ap-south-1' }, ...wanted().destinations] });

    const grown = put(before, more);
    const shrunk = put(grown, wanted({ destinations: [more.destinations[0], more.destinations[2]] }));

    expect(priorities(grown.Rules)).toEqual({ archive: 2, [`${PREFIX}ap-south-1`]: 4, [`${PREFIX}eu-west-1`]: 1, [`${PREFIX}us-west-2`]: 3 });
    expect(priorities(shrunk.Rules)).toEqual({ archive: 2, [`${PREFIX}ap-south-1`]: 4, [`${PREFIX}us-west-2`]: 3 });
  });

  test('gives way when a rule of others has taken one of our priorities', () => {
    const before = put(undefined);

    const { Rules } = put(configuration([...before.Rules, foreign({ Priority: 1 })]));

    expect(priorities(Rules)).toEqual({ archive: 1, [`${PREFIX}eu-west-1`]: 3, [`${PREFIX}us-west-2`]: 2 });
  });

  test('changes the role when all rules are ours', () => {
    expect(put(put(undefined, wanted({ roleArn: OTHER_ROLE }))).Role).toBe(ROLE);
  });
});

describe('refusals', () => {
  const refusal = (existing: ReplicationConfiguration, want = wanted()) => {
    const plan = planRules(existing, want);
    return plan.action === 'refuse' ? plan.reason : `not refused: ${plan.action}`;
  };

  test('fails when rules of others are under another role, which is named', () => {
    expect(refusal(configuration([foreign()], OTHER_ROLE))).toMatch(
      /'Bucket' media-us-east-1 must have no replication rules of others under another role, got 'archive' under arn:aws:iam::111122223333:role\/other.*pass that role in 'roles'/,
    );
  });

  test('fails when rules of others are of version 1, with the way to make them version 2', () => {
    const old = { ID: 'old', Status: 'Enabled' as const, Prefix: '', Destination: { Bucket: 'arn:aws:s3:::archive' } };

    expect(refusal(configuration([foreign(), old]))).toMatch(/schema version 1, got 'old'; give each a Filter with its Prefix, a Priority and a DeleteMarkerReplication/);
  });

  test('fails when there would be more than 1000 rules', () => {
    const many = Array.from({ length: 999 }, (_, index) => foreign({ ID: `r${index}`, Priority: index }));

    expect(refusal(configuration(many))).toMatch(/may have 1000 replication rules, got 999 of others and 2 of ours; remove some/);
    expect(put(configuration(many.slice(1))).Rules).toHaveLength(1000);
  });

  test('name only a few of many rules', () => {
    const many = Array.from({ length: 30 }, (_, index) => foreign({ ID: `r${index}`, Priority: index }));

    expect(refusal(configuration(many, OTHER_ROLE))).toMatch(/got 'r0', 'r1', 'r2', 'r3', 'r4' and 25 more under/);
  });
});

describe('removal', () => {
  test('takes out our rules only', () => {
    const others = [foreign(), foreign({ ID: 'b', Priority: 8 })];
    const both = put(configuration(others));

    expect(planRemoval(both, PREFIX)).toEqual({ action: 'put', configuration: { Role: ROLE, Rules: others } });
  });

  test('removes the configuration when no rule is left', () => {
    expect(planRemoval(put(undefined), PREFIX)).toEqual({ action: 'remove' });
  });

  test('leaves alone a configuration without rules of ours, and none', () => {
    expect(planRemoval(configuration([foreign()]), PREFIX)).toEqual({ action: 'leave' });
    expect(planRemoval(undefined, PREFIX)).toEqual({ action: 'leave' });
  });

  test('keeps the role that somebody else has set', () => {
    const both = put(configuration([foreign()]));

    expect(planRemoval({ ...both, Role: OTHER_ROLE }, PREFIX)).toEqual({ action: 'put', configuration: { Role: OTHER_ROLE, Rules: [foreign()] } });
  });
});
