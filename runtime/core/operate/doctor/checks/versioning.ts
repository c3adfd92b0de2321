import { eachRegion, type Check } from '../check';
import { good } from '../finding';
import { notChecked } from '../seen';

/** S3 replicates between buckets that keep versions only, and what a failover supersedes is a noncurrent version. */
export const versioning: Check = {
  name: 'versioning',
  about: 'versioning of each bucket',
  well: 'every bucket keeps versions',
  run: (facts) =>
    eachRegion(facts.regions, async (region) => {
      const seen = await facts.versioning(region);
      if (seen.kind !== 'seen') return [notChecked('versioning', region, seen)];
      if (seen.value === 'Enabled') return [good(`the bucket in ${region} keeps versions`, { where: region })];
      const bucket = facts.bucket(region);
      return [
        {
          severity: 'fails',
          code: 'versioning-off',
          where: region,
          sentence: `the bucket in ${region} does not keep versions: nothing is replicated into it, and what is overwritten is lost`,
          evidence: `versioning of ${bucket}: ${seen.value}`,
          commands: [`aws s3api put-bucket-versioning --region ${region} --bucket ${bucket} --versioning-configuration Status=Enabled`],
        },
      ];
    }),
};
