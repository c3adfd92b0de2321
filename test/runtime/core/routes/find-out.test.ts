import { parseAccessPointArn } from '../../../../runtime/core/routes/access-point';
import type { ControlEndpoint } from '../../../../runtime/core/routes/endpoint';
import { findOutCommand } from '../../../../runtime/core/routes/find-out';
import { ARN } from '../../support/routes-event';

const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const command = (answered: readonly string[], doubted: readonly string[]) => findOutCommand(parseAccessPointArn(ARN)!, FIVE.map((region) => ({ region }) as ControlEndpoint), answered, doubted);

test('what a person runs to find out names account, access point and an endpoint', () => {
  expect(command(['eu-west-1'], [])).toBe(`aws s3control get-multi-region-access-point-routes --account-id 111122223333 --mrap ${ARN} --region eu-west-1`);
});

test.each([
  ['one that answered and whose word was not lost', ['us-east-1', 'us-west-2'], ['us-east-1'], 'us-west-2'],
  ['one that did not answer, before one whose word was lost', ['us-east-1'], ['us-east-1'], 'us-west-2'],
  ['the first, where the word of each was lost', [], FIVE, 'us-east-1'],
])('it asks %s', (_, answered, doubted, region) => {
  expect(command(answered, doubted)).toMatch(new RegExp(`--region ${region}$`));
});
