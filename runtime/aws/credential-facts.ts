import { loadSharedConfigFiles } from '@smithy/core/config';
import type { CredentialFacts, CredentialSource } from '../core/operate/doctor/ports';
import type { Credentials } from './credentials';

/** Marks that the SDK's providers leave on what they give; they count how often each is used. */
const SOURCES: readonly (readonly [RegExp, CredentialSource])[] = [
  [/^CREDENTIALS_(PROFILE_)?(STS_WEB_ID_TOKEN|ENV_VARS_STS_WEB_ID_TOKEN)$|ASSUME_ROLE_WEB_ID$/, 'web identity'],
  [/^CREDENTIALS_STS_ASSUME_ROLE$|^CREDENTIALS_PROFILE_SOURCE_PROFILE$/, 'assumed role'],
  [/SSO/, 'sso'],
  [/LOGIN$/, 'login'],
  [/PROCESS$/, 'process'],
  [/^CREDENTIALS_HTTP$/, 'container'],
  [/^CREDENTIALS_ENV_VARS$/, 'environment'],
  [/^CREDENTIALS_PROFILE$/, 'profile'],
];

/** Profiles that name each other, followed so far. */
const MOST_PROFILES = 5;

interface Marked {
  readonly $source?: { readonly [mark: string]: unknown };
}

export interface CredentialPlace {
  readonly profile?: string;
  /** Where STS is asked when the profile names no Region. */
  readonly region: string;
}

/** Where credentials of the usual chain come from, and what must answer when they are to be renewed. Shows none of them. */
export async function credentialFacts(credentials: Credentials, { profile, region }: CredentialPlace): Promise<CredentialFacts> {
  const given = await credentials();
  const marks = Object.keys((given as Marked).$source ?? {});
  const temporary = given.sessionToken !== undefined;
  const source = SOURCES.find(([mark]) => marks.some((one) => mark.test(one)))?.[1] ?? (temporary ? 'instance' : 'unknown');
  return {
    source,
    temporary,
    ...(given.expiration && { expiresAt: given.expiration.getTime() }),
    renewals: temporary && source !== 'environment' ? await renewals(source, profile ?? process.env.AWS_PROFILE ?? 'default', region) : [],
  };
}

/** From the configuration files: each profile on the way to the first that has credentials of its own. */
async function renewals(source: CredentialSource, profile: string, region: string): Promise<CredentialFacts['renewals']> {
  if (source === 'container' || source === 'instance') return [];
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const found: { service: string; region: string }[] = [];
  let name: string | undefined = profile;
  for (let depth = 0; name !== undefined && depth < MOST_PROFILES; depth++) {
    const settings: { readonly [member: string]: string | undefined } = { ...configFile[name], ...credentialsFile[name] };
    const session = settings.sso_session === undefined ? undefined : configFile[`sso-session.${settings.sso_session}`];
    const ssoRegion = session?.sso_region ?? settings.sso_region;
    if (settings.role_arn !== undefined) found.push({ service: 'STS', region: settings.region ?? region });
    if (ssoRegion !== undefined) found.push({ service: 'IAM Identity Center', region: ssoRegion });
    if (settings.login_session !== undefined) found.push({ service: 'AWS Sign-In', region: settings.region ?? region });
    name = settings.source_profile === name ? undefined : settings.source_profile;
  }
  if (found.length === 0 && source === 'web identity') found.push({ service: 'STS', region });
  return found;
}
