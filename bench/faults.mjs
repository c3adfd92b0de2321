// What our command, the card's commands and the AWS CLI as it comes do under the same faults; Terraform by what is documented of it.
import { program } from './program.mjs';

/**
 * `aws_s3control_multi_region_access_point_routes`, by its documentation and source: create and update are one submit and then one
 * read, at the endpoint of the Region that is configured; retries are those of the provider (`max_retries`, 25 if left out).
 */
export const TERRAFORM = {
  none: 'submits, reads at the same endpoint, and stores what it read',
  refused: 'up to 25 retries at that endpoint, then an error; no other endpoint is asked',
  'black-holed': 'up to 25 retries at that endpoint, then an error; no other endpoint is asked',
  '5xx': 'up to 25 retries at that endpoint, then an error; no other endpoint is asked',
  garbage: 'a submit has no answer to parse; the read that follows is an error, or an empty result',
  stale: 'the submit is taken; the old routes that it reads back at the same endpoint do not fit the plan, which Terraform calls an inconsistent result',
  'answer lost': 'sends the submit again, up to 25 times; an error leaves the state without what was done',
  'submit late': 'sends the submit again, up to 25 times; what lands later is not looked for',
  'two at once': 'nothing is compared before the submit; who is later wins, and the state lock guards only those who share the state',
};

export async function benchFaults({ say }) {
  say('the same faults for our command, the card and the AWS CLI; some minutes');
  return program('faults.ts');
}
