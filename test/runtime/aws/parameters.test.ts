import { DeleteParameterCommand, GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { parameterStores } from '../../../runtime/aws/parameters';

const ssm = mockClient(SSMClient);
const signal = new AbortController().signal;
const notFound = new ParameterNotFound({ message: 'no such parameter', $metadata: { httpStatusCode: 400 } });
const denied = new SSMServiceException({ name: 'AccessDeniedException', $fault: 'client', message: 'not authorized', $metadata: { httpStatusCode: 400 } });

beforeEach(() => ssm.reset());

test('each Region is asked by a client of its own, made once', async () => {
  const asked: string[] = [];
  ssm.on(GetParameterCommand).callsFake(async (_, getClient) => {
    asked.push(await getClient().config.region());
    return { Parameter: { Value: 'text' } };
  });
  const stores = parameterStores();

  await stores('us-east-1').get('/m', signal);
  await stores('eu-west-1').get('/m', signal);

  expect(asked).toEqual(['us-east-1', 'eu-west-1']);
  expect(stores('us-east-1')).toBe(stores('us-east-1'));
});

test('a parameter that is not there has no value', async () => {
  ssm.on(GetParameterCommand).rejects(notFound);

  await expect(parameterStores()('us-east-1').get('/m', signal)).resolves.toBeUndefined();
});

test('a value is written as a standard parameter, over what is there', async () => {
  ssm.on(PutParameterCommand).resolves({});

  await parameterStores()('us-east-1').put('/m', 'text', 'what it is', signal);

  expect(ssm.commandCalls(PutParameterCommand)[0].args[0].input).toEqual({
    Name: '/m',
    Value: 'text',
    Description: 'what it is',
    Type: 'String',
    Tier: 'Standard',
    Overwrite: true,
  });
});

test('removing what is gone is no error, and goes on to the next', async () => {
  ssm.on(DeleteParameterCommand).resolves({}).on(DeleteParameterCommand, { Name: '/m' }).rejects(notFound);

  await parameterStores()('us-east-1').remove(['/m', '/m/arn', '/m/alias'], signal);

  expect(ssm.commandCalls(DeleteParameterCommand).map((call) => call.args[0].input.Name)).toEqual(['/m', '/m/arn', '/m/alias']);
});

test.each([
  ['GetParameter', (store: ReturnType<ReturnType<typeof parameterStores>>) => store.get('/m', signal)],
  ['PutParameter', (store: ReturnType<ReturnType<typeof parameterStores>>) => store.put('/m', 'v', 'd', signal)],
  ['DeleteParameter', (store: ReturnType<ReturnType<typeof parameterStores>>) => store.remove(['/m'], signal)],
])('fails when %s is not allowed, naming call and Region', async (call, act) => {
  ssm.onAnyCommand().rejects(denied);

  await expect(act(parameterStores()('eu-west-1'))).rejects.toMatchObject({
    message: `ssm ${call} in eu-west-1 was answered 400 AccessDeniedException: not authorized`,
    denied: true,
    unreachable: false,
  });
});

test('a call that takes too long can be ended, and is not tried for long', async () => {
  ssm.on(GetParameterCommand).resolves({});

  await parameterStores()('us-east-1').get('/m', signal);

  const { args, thisValue } = ssm.commandCalls(GetParameterCommand)[0];
  expect((args as unknown[])[1]).toEqual({ abortSignal: signal });
  expect(await (thisValue as SSMClient).config.maxAttempts()).toBe(2);
});
