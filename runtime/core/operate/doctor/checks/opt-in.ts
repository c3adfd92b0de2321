import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notTaken } from '../seen';
import { CallError } from '../../../calls/call-error';

/** Regions that an account must enable, and that can hold a member (user guide, "Multi-Region Access Point opt-in Regions"). */
const OPT_IN = new Set([
  'af-south-1', 'ap-east-1', 'ap-southeast-3', 'ap-southeast-4', 'ap-south-2', 'ca-west-1',
  'eu-central-2', 'eu-south-1', 'eu-south-2', 'il-central-1', 'me-south-1', 'me-central-1',
]);

/** What else a Region that is not enabled says than that it does not take a token. */
const NOT_ENABLED = /^(AuthFailure|OptInRequired|RegionDisabledException|AllAccessDisabled)$/;

/** A request through the access point needs every opt-in Region enabled in the account of whoever makes it. */
export const optIn: Check = {
  name: 'opt-in',
  about: 'opt-in Regions: that they take the credentials of the caller',
  well: 'every opt-in Region takes the credentials of the caller',
  async run(facts) {
    const regions = facts.regions.filter((region) => OPT_IN.has(region));
    if (regions.length === 0) return [good('no Region has to be enabled first')];
    return eachRegion(regions, (region) => one(facts, region));
  },
};

async function one(facts: Facts, region: string): Promise<Said[]> {
  const [account, bucket] = await Promise.all([facts.account(region), facts.probe(region)]);
  const refusal = [account, bucket].flatMap((seen) => ('error' in seen && seen.error instanceof CallError && (notTaken(seen.error) || NOT_ENABLED.test(seen.error.code)) ? [seen.error] : [])).at(0);
  if (refusal) {
    return [
      {
        severity: 'fails',
        code: 'region-not-enabled',
        where: region,
        sentence: `${region} does not take the caller's credentials: it is an opt-in Region that the account has not enabled, or the session token is one of the global STS endpoint`,
        evidence: refusal.message,
        fix: 'enable the Region, and take tokens from a Regional STS endpoint',
        commands: [`aws account enable-region --region-name ${region}`, `aws sts get-caller-identity --region ${region}`],
      },
    ];
  }
  if (account.kind === 'seen' || bucket.kind === 'seen') return [good(`${region} takes the caller's credentials`, { where: region })];
  return [{ severity: 'not checked', code: 'no-answer', where: region, sentence: `whether ${region} is enabled was not checked: it did not answer`, commands: ['s3-failover doctor'] }];
}
