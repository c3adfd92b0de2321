import { CallError } from '../../../calls/call-error';
import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';

/** Whether each bucket is there, is ours, and answers. */
export const buckets: Check = {
  name: 'buckets',
  about: 'each bucket: that it answers, in its Region, and belongs to the account',
  well: 'every bucket answers, in its Region, as one of the account',
  run: (facts) => eachRegion(facts.regions, (region) => one(facts, region)),
};

async function one(facts: Facts, region: string): Promise<Said[]> {
  const seen = await facts.probe(region);
  const name = facts.bucket(region);
  switch (seen.kind) {
    case 'seen':
      return [good(`the bucket in ${region} answers`, { where: region, evidence: `${name} in ${Math.round(seen.value.answeredAt - seen.value.askedAt)} ms` })];
    case 'silent':
      return [await silent(facts, region, seen.reason)];
    case 'denied':
      return [await denied(facts, region)];
    case 'failed':
      return [missing(region, name, seen.error) ?? notChecked(`the bucket in ${region}`, region, seen)];
  }
}

/** An active Region that is gone is what a failover is for; a passive one that is gone can take no traffic. */
async function silent(facts: Facts, region: string, evidence: string): Promise<Said> {
  const active = await facts.active();
  const about = { code: 'region-silent', where: region, evidence };
  if (!facts.world.estate.members.includes(region)) {
    return { ...about, severity: 'warns', sentence: `the bucket in ${region} does not answer; it is no member of the access point, so that traffic does not need it` };
  }
  if (active?.includes(region)) {
    const others = facts.world.estate.members.filter((other) => other !== region);
    return {
      ...about,
      severity: 'warns',
      sentence: `${region} takes the traffic, and its bucket does not answer`,
      fix: 'if clients see the same, this is the time to fail over',
      commands: ['s3-failover status', `s3-failover failover ${others.length === 1 ? others[0] : '<region>'}`],
    };
  }
  return { ...about, severity: 'fails', sentence: `the bucket in ${region} does not answer: a failover there would move clients to a Region that does not serve`, commands: ['s3-failover status'] };
}

/** S3 says the same of a bucket that is somebody else's and of one that the caller may not list. */
async function denied(facts: Facts, region: string): Promise<Said> {
  const name = facts.bucket(region);
  const { account } = facts.world.estate.accessPoint;
  const anybody = await facts.existsForAnybody(region);
  if (anybody.kind === 'seen') {
    return {
      severity: 'fails',
      code: 'bucket-of-another-account',
      where: region,
      sentence: `the bucket in ${region} belongs to another account: what clients write there is not yours`,
      evidence: `${name} answers, and not as a bucket of ${account}`,
      fix: 'do not fail over to it; find out who made a bucket of that name',
    };
  }
  return {
    severity: 'not checked',
    code: 'bucket-denied',
    where: region,
    sentence: `whose the bucket in ${region} is was not checked: it refuses the caller, who may not list it or who owns another one`,
    evidence: `403 for HeadBucket of ${name} as a bucket of ${account}`,
    commands: ['s3-failover policy doctor'],
  };
}

function missing(region: string, name: string, error: unknown): Said | undefined {
  if (!(error instanceof CallError)) return undefined;
  const evidence = `${error.status} ${error.code} for ${name}`;
  if (error.status === 404) {
    return {
      severity: 'fails',
      code: 'bucket-gone',
      where: region,
      sentence: `the bucket in ${region} is gone`,
      evidence,
      fix: 'do not fail over to it; the stack that made it must make it again, under the same name, before anybody else takes the name',
    };
  }
  if (error.status === 301 || error.status === 307) {
    return { severity: 'fails', code: 'bucket-in-another-region', where: region, sentence: `the bucket of ${region} is in another Region`, evidence, fix: 'use the manifest that the deployment wrote last' };
  }
  return undefined;
}
