import { eachRegion, type Check } from '../check';
import { good, type Said } from '../finding';
import type { LifecycleRule } from '../ports';
import { notChecked } from '../seen';
import { compared, inAll } from './compared';

/** S3 replicates no deletion by a lifecycle rule: what one Region expires, the other keeps, and shows again after a failover. */
export const lifecycle: Check = {
  name: 'lifecycle',
  about: 'lifecycle rules that differ between Regions',
  async run(facts) {
    const seen = new Map<string, readonly LifecycleRule[]>();
    const unread = await eachRegion(facts.regions, async (region): Promise<Said[]> => {
      const answer = await facts.lifecycle(region);
      if (answer.kind !== 'seen') return [notChecked('lifecycle rules', region, answer)];
      seen.set(region, answer.value);
      return [];
    });
    const groups = compared(seen, meaning);
    if (groups.length > 1) {
      return [
        ...unread,
        {
          severity: 'warns',
          code: 'lifecycle-differs',
          sentence: 'the Regions expire different objects, and S3 replicates no expiry: what is gone in one comes back from another after a failover',
          evidence: groups.map((group) => `${group.regions.join(', ')}: ${describe(group.value)}`).join('; '),
          fix: "give every bucket the same rules, as 'lifecycleRules' of MultiRegionBucket does",
          commands: facts.regions.filter((region) => seen.has(region)).map((region) => `aws s3api get-bucket-lifecycle-configuration --region ${region} --bucket ${facts.bucket(region)}`),
        },
      ];
    }
    // One alone is the same as nothing else.
    return groups.length === 1 && seen.size > 1 ? [...unread, good(`lifecycle rules are the same ${inAll(facts, seen)}`, { evidence: describe(groups[0].value) })] : unread;
  },
};

/** Names and order of rules mean nothing to S3, nor do rules that are off. */
function meaning(rules: readonly LifecycleRule[]): readonly unknown[] {
  return rules.filter(({ Status }) => Status !== 'Disabled').map(({ ID: _, ...rule }) => rule);
}

function describe(rules: readonly LifecycleRule[]): string {
  const on = rules.filter(({ Status }) => Status !== 'Disabled');
  return on.length === 0 ? 'no rule' : on.map(({ ID }) => `'${ID ?? 'without id'}'`).join(', ');
}
