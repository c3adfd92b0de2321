import { readPolicyText } from '../../fence/policy-text';
import { fenceTerms } from '../../fence/statement';
import { atWork } from '../../history/at-work';
import type { WallClock } from '../../ports';
import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';

/** A fence that an act left behind refuses clients' writes until it lapses, and stays in the policy afterwards. */
export const fence: Check = {
  name: 'fence',
  about: 'a fence that was left behind',
  well: 'no fence stands anywhere',
  run: (facts) => eachRegion(facts.regions, (region) => one(facts, region)),
};

/** Whether any statement of a policy is a fence, lapsed or not. */
export function hasFence(wall: WallClock, text: string): boolean {
  const policy = readPolicyText(text);
  return policy.ok && policy.statements.some(({ value }) => fenceTerms(wall, value) !== undefined);
}

async function one(facts: Facts, region: string): Promise<Said[]> {
  const seen = await facts.policy(region);
  if (seen.kind !== 'seen') return [notChecked('a fence left behind', region, seen)];
  if (seen.value === undefined) return [good(`no fence stands in ${region}`, { where: region })];
  const policy = readPolicyText(seen.value);
  if (!policy.ok) {
    return [{ severity: 'fails', code: 'policy-malformed', where: region, sentence: `the policy of the bucket in ${region} cannot be understood, so that no fence can be raised there: a switchover is refused`, evidence: policy.problem, commands: [`aws s3api get-bucket-policy --region ${region} --bucket ${facts.bucket(region)}`] }];
  }
  const { wall } = facts.world;
  const probed = await facts.probe(region);
  // A fence lapses by the clock of AWS.
  const now = (probed.kind === 'seen' ? probed.value.serverTime : undefined) ?? wall.now();
  const fences = policy.statements.flatMap(({ value }) => fenceTerms(wall, value) ?? []);
  if (fences.length === 0) return [good(`no fence stands in ${region}`, { where: region })];
  const busy = atWork((await facts.history()).records, wall);
  return fences.map(({ actId, until }): Said => {
    const about = { where: region, evidence: `raised by act ${actId}, ${until === undefined ? 'for a time that cannot be read' : `until ${wall.iso(until)}`}` };
    const act = busy.find(({ record }) => record.id === actId);
    if (act) return { ...about, severity: 'warns', code: 'fence-in-use', sentence: `clients' writes to ${region} are refused by ${act.record.who}, who is at work: ${act.record.verb}`, fix: 'let it end' };
    if (until !== undefined && until <= now) {
      return { ...about, severity: 'warns', code: 'fence-lapsed', sentence: `a fence was left behind in ${region}; it has lapsed and refuses nothing any more`, commands: [`s3-failover fence lift ${region}`] };
    }
    return { ...about, severity: 'fails', code: 'fence-standing', sentence: `a fence was left behind in ${region}: clients' writes there are refused${until === undefined ? '' : ' until it lapses'}`, commands: ['s3-failover fence show', `s3-failover fence lift ${region}`] };
  });
}
