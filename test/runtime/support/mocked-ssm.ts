import { DeleteParameterCommand, GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';

const notFound = () => new ParameterNotFound({ message: 'no such parameter', $metadata: { httpStatusCode: 400 } });

/** Parameter Store behind mocked clients: `<Region> <name>` to value; a Region that is dead refuses connections. */
export function mockSsm() {
  const ssm = mockClient(SSMClient);
  const values = new Map<string, string>();
  const dead = new Set<string>();
  const key = async (name: string | undefined, getClient: () => { config: { region: () => Promise<string> } }) => {
    const region = await getClient().config.region();
    if (dead.has(region)) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    return `${region} ${name}`;
  };
  const reset = () => {
    ssm.reset();
    values.clear();
    dead.clear();
    ssm.on(GetParameterCommand).callsFake(async (input, getClient) => {
      const value = values.get(await key(input.Name, getClient));
      if (value === undefined) throw notFound();
      return { Parameter: { Name: input.Name, Value: value } };
    });
    ssm.on(PutParameterCommand).callsFake(async (input, getClient) => {
      values.set(await key(input.Name, getClient), input.Value);
      return {};
    });
    ssm.on(DeleteParameterCommand).callsFake(async (input, getClient) => {
      if (!values.delete(await key(input.Name, getClient))) throw notFound();
      return {};
    });
  };
  return { ssm, values, dead, reset };
}
