import { GetCallerIdentityCommand, STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { callerAnywhere } from '../../../runtime/aws/caller';

const sts = mockClient(STSClient);
const signal = new AbortController().signal;
const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const expired = new STSServiceException({ name: 'ExpiredToken', $fault: 'client', message: 'old', $metadata: { httpStatusCode: 403 } });

/** What STS says in each Region: an ARN, an error, or nothing until it is given up. */
function says(answers: { readonly [region: string]: string | Error | undefined }) {
  sts.on(GetCallerIdentityCommand).callsFake(async (_, getClient) => {
    const answer = answers[await getClient().config.region()];
    if (answer === undefined) return new Promise(() => undefined);
    if (answer instanceof Error) throw answer;
    return { Arn: answer };
  });
  return callerAnywhere(Object.keys(answers), {}, signal);
}

beforeEach(() => sts.reset());

test.each([
  ['arn:aws:iam::111122223333:user/operator', 'aws', '111122223333'],
  ['arn:aws:sts::111122223333:assumed-role/Operator/ana@example.com', 'aws', '111122223333'],
  ['arn:aws-us-gov:iam::444455556666:root', 'aws-us-gov', '444455556666'],
])('%s is of its partition and account', async (arn, partition, account) => {
  expect(await says({ 'us-east-1': arn })).toEqual({ arn, partition, account });
});

test('the Region that answers first is enough, whatever the others do', async () => {
  expect(await says({ 'us-east-1': undefined, 'us-west-2': refused, 'eu-west-1': 'arn:aws:iam::111122223333:user/a' })).toMatchObject({ account: '111122223333' });
});

test('fails with the most telling error when none tells', async () => {
  await expect(says({ 'us-east-1': refused, 'us-west-2': expired })).rejects.toMatchObject({ code: 'ExpiredToken', region: 'us-west-2', call: 'sts GetCallerIdentity' });
  await expect(says({ 'us-east-1': refused, 'us-west-2': refused })).rejects.toMatchObject({ code: 'ECONNREFUSED', unreachable: true });
});

test('fails as for want of credentials, and not as if every Region were dead', async () => {
  const none = Object.assign(new Error('Could not load credentials'), { name: 'CredentialsProviderError' });
  await expect(says({ 'us-east-1': refused, 'us-west-2': none })).rejects.toBe(none);
});

test('fails when the answer names no caller', async () => {
  await expect(says({ 'us-east-1': 'nonsense' })).rejects.toMatchObject({ code: 'Garbage' });
});
