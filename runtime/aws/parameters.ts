import { DeleteParametersCommand, GetParameterCommand, PutParameterCommand, SSMClient, type SSMClientConfig } from '@aws-sdk/client-ssm';
import { CallError } from '../core/custom-resource/call-error';
import type { ParameterStore, ParameterStores } from '../core/manifest/copies';
import { calling } from './call-error';
import { CLIENT_SETTINGS } from './client-settings';

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
  const client = new SSMClient({ ...CLIENT_SETTINGS, ...config, region });
  return {
    async get(name, abortSignal) {
      try {
        const answer = await calling('ssm GetParameter', region, () => client.send(new GetParameterCommand({ Name: name }), { abortSignal }));
        return answer.Parameter?.Value ?? '';
      } catch (error) {
        if (error instanceof CallError && error.code === 'ParameterNotFound') return undefined;
        throw error;
      }
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
      // Answers with the names that do not exist, instead of failing.
      await calling('ssm DeleteParameters', region, () => client.send(new DeleteParametersCommand({ Names: [...names] }), { abortSignal }));
    },
  };
}
