import { POLICY_EXTRAS, POLICY_VERBS } from '../../core/operate/policy/verbs';
import type { Command } from '../command';

/** `--deep` as it is typed after `--with`: what begins with hyphens would be an option of its own. */
function bare(option: string): string {
  return option.replace(/^--/, '');
}

export const policy: Command = {
  name: 'policy',
  summary: 'print the IAM policy that an operator needs for a verb',
  detail:
    "The least that the verb needs, on this access point and these buckets alone. The policy goes to standard output, what each statement is for to standard error. " +
    "With a manifest from a file that does not say where it came from, the statement to read it from SSM is left out. Asks nothing of AWS but the manifest.",
  arguments: [
    { name: 'verb', summary: 'verb that the policy is for', required: true, completes: [...new Set(POLICY_VERBS.map((verb) => verb.split(' ')[0]))] },
    { name: 'second', summary: 'its second word, where it has one, as routes show has', completes: [...new Set(POLICY_VERBS.flatMap((verb) => verb.split(' ').slice(1)))] },
  ],
  options: [
    { flag: '--with', value: 'option', summary: 'also what this option of the verb needs, such as --with deep for doctor --deep', choices: POLICY_EXTRAS.map(bare) },
    { flag: '--format', value: 'format', summary: 'a policy document, or the same as a construct for a CDK app', choices: ['json', 'cdk'], default: 'json' },
  ],
  examples: [
    { line: 's3-failover policy failover --name /s3-failover/media > failover.json', why: 'then: aws iam create-policy --policy-name failover --policy-document file://failover.json' },
    { line: 's3-failover policy switchover --manifest media.json --format cdk', why: 'for the app that makes the role' },
  ],
  timeoutSeconds: 20,
};
