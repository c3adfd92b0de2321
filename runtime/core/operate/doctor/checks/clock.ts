import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';

/** A fence stands three minutes, by the clock of AWS and written by ours: with less than two of them left it counts as lapsing. */
const TOO_MUCH_MS = 60_000;
/** Answers tell whole seconds, and are a while under way. */
const WORTH_A_WORD_MS = 10_000;

/** This machine's clock against that of S3. */
export const clock: Check = {
  name: 'clock',
  about: "this machine's clock against that of S3",
  async run(facts) {
    const found = await eachRegion(facts.regions, (region) => one(facts, region));
    const skewed = found.filter(({ severity }) => severity !== 'good');
    if (skewed.length > 0) return skewed;
    if (found.length > 0) return [good("this machine's clock agrees with that of S3", { evidence: found.map(({ evidence }) => evidence).join(', ') })];
    return [{ severity: 'not checked', code: 'no-time', sentence: "this machine's clock was not checked: no bucket told the time of day", commands: ['date -u'] }];
  },
};

async function one(facts: Facts, region: string): Promise<Said[]> {
  const seen = await facts.probe(region);
  if (seen.kind !== 'seen' || seen.value.serverTime === undefined) return [];
  const { serverTime, askedAt, answeredAt } = seen.value;
  // The service told its time somewhere between asking and answering, and cut it to a whole second.
  const behind = Math.max(0, serverTime - answeredAt);
  const ahead = Math.max(0, askedAt - (serverTime + 1_000));
  const off = Math.max(behind, ahead);
  const evidence = `${region}: ${off < WORTH_A_WORD_MS ? 'in step' : `${Math.round(off / 1_000)} s ${behind > 0 ? 'behind' : 'ahead'}`}`;
  if (off < WORTH_A_WORD_MS) return [good('in step', { evidence })];
  return [
    {
      severity: off < TOO_MUCH_MS ? 'warns' : 'fails',
      code: 'clock-skewed',
      where: region,
      sentence:
        behind > 0
          ? `this machine's clock is ${Math.round(off / 1_000)} s behind S3's, so that a fence would lapse so much too early; from 15 min on AWS refuses every signature`
          : `this machine's clock is ${Math.round(off / 1_000)} s ahead of S3's, so that a fence would stand so much too long; from 15 min on AWS refuses every signature`,
      evidence,
      fix: 'set the clock of this machine',
      commands: ['date -u', 'sudo chronyc makestep'],
    },
  ];
}
