import { STSClient } from '@aws-sdk/client-sts';
import { defaultProvider } from '@aws-sdk/credential-provider-node';

export type Credentials = ReturnType<typeof defaultProvider>;

/** The SDK's usual chain, looked up once for all clients. `region` is where a role is assumed when the profile names no Region. */
export function credentialChain({ profile, region }: { readonly profile?: string; readonly region: string }): Credentials {
  return defaultProvider({ profile, clientConfig: { region } });
}

/** Region that the environment or the profile names. */
export async function regionOfEnvironment(profile?: string): Promise<string | undefined> {
  const client = new STSClient({ profile });
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
