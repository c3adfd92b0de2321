import type { Command } from '../command';
import { WHY } from './act-options';

export const fenceShow: Command = {
  name: 'fence show',
  summary: "show where clients' writes are refused by a fence, until when, and whose it is",
  detail: "A fence is one statement in a bucket's policy, put there by a switchover. It lapses at the time that it says; what has lapsed refuses nothing, and stays in the policy until it is lifted. Changes nothing.",
  examples: [{ line: 's3-failover fence show --manifest media.json', why: 'when writes are refused, and nobody knows why' }],
  timeoutSeconds: 30,
};

export const fenceLift: Command = {
  name: 'fence lift',
  summary: "take a fence out of a bucket's policy that another run left there",
  detail:
    "Takes out the statements that switchovers put into the policy, and leaves every other as it is. A fence that is still in use is not lifted: the run that uses it would put it back, and could no longer say that nothing is lost. To tell, it may take a little over a minute.",
  arguments: [{ name: 'region', summary: 'Region whose bucket takes writes again', required: true, completes: 'region' }],
  options: [{ flag: '--force', summary: 'lift it at once, in use or not' }, WHY],
  examples: [{ line: 's3-failover fence lift us-east-1 --manifest media.json', why: 'after a switchover that could not end' }],
  asks: true,
  timeoutSeconds: 180,
};
