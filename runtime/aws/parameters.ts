import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { CallError } from '../core/calls/call-error';
import type { ParameterStore, ParameterStores } from '../core/manifest/parameter-store';
import { calling } from './call-error';
import { CLIENT_SETTINGS } from './client-settings';

/** A dead Region holds up the guard of every deployment: known to be dead after 10 s, whether it refuses or swallows requests. */
const QUICK = { maxAttempts: 2, requestHandler: { ...CLIENT_SETTINGS.requestHandler, requestTimeout: 4_500 } };

/** Parameter Store of any Region, one client each. */
export function parameterStores(config: SSMClientConfig = {}): ParameterStores {
  const stores = new Map<string, ParameterStore>();
  return (region) => {
    const store = stores.get(region) ?? parameterStore(region, config);
    stores.set(region, store);
    return store;
  };
}

function parameterStore(region: string, config: SSMClientConfig): ParameterStore {
  const client = new SSMClient({ ...CLIENT_SETTINGS, ...QUICK, ...config, region });
  return {
    async get(name, abortSignal) {
      const answer = await unlessMissing(
        calling('ssm GetParameter', region, () => client.send(new GetParameterCommand({ Name: name }), { abortSignal })),
      );
      return answer && (answer.Parameter?.Value ?? '');
    },
    async put(name, value, description, abortSignal) {
      await calling('ssm PutParameter', region, () =>
        client.send(
          new PutParameterCommand({ Name: name, Value: value, Description: description, Type: 'String', Tier: 'Standard', Overwrite: true }),
          { abortSignal },
        ),
      );
    },
    async remove(names, abortSignal) {
      for (const name of names) {
        await unlessMissing(calling('ssm DeleteParameter', region, () => client.send(new DeleteParameterCommand({ Name: name }), { abortSignal })));
      }
    },
  };
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof CallError && error.code === 'ParameterNotFound') return undefined;
    throw error;
  }
}
