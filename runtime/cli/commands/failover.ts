import type { Command } from '../command';
import { FORCE, PROOF, WHY, WITHOUT_REGISTER } from './act-options';

export const failover: Command = {
  name: 'failover',
  summary: 'send all traffic to a Region now, whatever has not replicated',
  detail:
    'For a Region that is ill or gone. Says what may be lost as an estimate with its age, asks for the name of the target, compares the routes once more, ' +
    'submits, proves, and quarantines the Region that it left until reconcile has compared what it holds. Waits for nothing of the Region that it leaves, ' +
    'and works as long as one of the five control endpoints does. Waits up to three minutes to see writes land in the target; that routes were accepted and read back is told at once.\n\n' +
    "Where the Region that it leaves answers well, 'switchover' loses nothing, and it says so. A person who then types the name of the target has agreed; " +
    "'--yes' was said before that was known, so that it takes '--force' as well. The same for a target that looks dead, is excluded or quarantined.\n\n" +
    "A second run finishes what one that was killed began, or finds it done: where every endpoint says that the routes are so already, nothing is sent, but with '--force'.",
  arguments: [{ name: 'region', summary: 'Region that takes the traffic', required: true, completes: 'region' }],
  options: [WHY, FORCE, WITHOUT_REGISTER, PROOF],
  examples: [
    { line: "s3-failover failover eu-west-1 --manifest media.json --why 'us-east-1 is down'", why: 'shows what may be lost, and asks' },
    { line: 's3-failover failover eu-west-1 --manifest media.json --yes --json', why: 'from a script; exit code 3 where a check says no' },
    { line: 's3-failover failover eu-west-1 --manifest media.json --dry-run', why: 'what it would do and what it finds; changes nothing' },
  ],
  asks: true,
  timeoutSeconds: 300,
};
