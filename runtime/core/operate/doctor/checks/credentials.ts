import { CONTROL_REGIONS } from '../../../../../lib/private/contract';
import { CallError } from '../../../calls/call-error';
import type { Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import type { CredentialFacts, CredentialSource } from '../ports';
import { notChecked, notTaken, reasonOf, type Seen } from '../seen';

const MINUTE = 60_000;
/** A switchover with its drain and its proof takes minutes, and more while replication lags. */
const TOO_SHORT_MS = 15 * MINUTE;
const SHORT_MS = 60 * MINUTE;

const WORDS: { readonly [source in CredentialSource]: string } = {
  environment: 'the environment of this shell',
  profile: 'keys in a profile',
  sso: 'IAM Identity Center (SSO)',
  login: "the console's login for the command line",
  'assumed role': 'a role that the profile assumes',
  'web identity': 'a web identity token',
  process: 'a credential process',
  container: 'the container that this runs in',
  instance: 'the metadata of the instance that this runs on',
  unknown: 'a source that does not name itself',
};

/** With one of these nothing else can be looked at, and each refusal would only say the same again. */
export const USELESS = new Set(['no-credentials', 'credentials-refused']);

/** Whether the caller's credentials last, and whether getting new ones needs the very Region that fails. */
export const credentials: Check = {
  name: 'credentials',
  about: "the caller's credentials: source, expiry, and what they depend on",
  async run(facts) {
    const seen = await facts.credentials();
    if (seen.kind === 'failed' && isMistake(seen.error)) throw seen.error;
    if (seen.kind === 'failed' || seen.kind === 'denied') return [none(reasonOf(seen.error))];
    if (seen.kind === 'silent') return [notChecked("the caller's credentials", 'this machine', seen)];
    const refused = await refusal(facts);
    if (refused) return [refused];
    const found = [...expiry(facts, seen.value), ...(await dependence(facts, seen.value))];
    return found.length > 0 ? found : [good(`the caller's credentials come from ${WORDS[seen.value.source]}`, { evidence: lifetime(facts, seen.value) })];
  },
};

/** Of this tool's own, as opposed to what a source of credentials says. */
function isMistake(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
}

function none(evidence: string): Said {
  return { severity: 'fails', code: 'no-credentials', sentence: 'there are no usable credentials: nothing can be done from here', evidence, commands: ['aws sts get-caller-identity', 'aws sso login --profile <profile>', 's3-failover doctor --profile <profile>'] };
}

/** Any Region that takes them is enough: an opt-in Region may refuse good ones. */
async function refusal(facts: Facts): Promise<Said | undefined> {
  const asked = [...new Set([...CONTROL_REGIONS, ...facts.regions])];
  const answers: Seen<string>[] = [];
  const taken = await new Promise<boolean>((resolve) => {
    const ask = async (region: string) => {
      const answer = await facts.account(region);
      answers.push(answer);
      if (answer.kind === 'seen') resolve(true);
    };
    void Promise.all(asked.map(ask)).then(() => resolve(false));
  });
  if (taken) return undefined;
  const [told] = answers.flatMap((seen) => ('error' in seen && seen.error instanceof CallError && notTaken(seen.error) ? [seen.error] : []));
  return told && { ...none(told.message), code: 'credentials-refused', sentence: "AWS does not take the caller's credentials: nothing can be done from here" };
}

function expiry(facts: Facts, { source, temporary, expiresAt }: CredentialFacts): Said[] {
  if (!temporary) return [];
  const commands = ['aws sts get-caller-identity'];
  if (expiresAt === undefined) {
    return [
      {
        severity: 'not checked',
        code: 'expiry-unknown',
        sentence: `when the caller's credentials expire was not checked: they are of a session, and ${WORDS[source]} does not say how long it lasts`,
        fix: 'take new ones before an act that takes long, or set AWS_CREDENTIAL_EXPIRATION with them',
        commands,
      },
    ];
  }
  const left = expiresAt - facts.world.wall.now();
  if (left > SHORT_MS) return [];
  return [
    {
      severity: left <= TOO_SHORT_MS ? 'fails' : 'warns',
      code: left <= 0 ? 'credentials-expired' : 'credentials-expire',
      sentence: left <= 0 ? "the caller's credentials have expired" : `the caller's credentials expire in ${Math.max(1, Math.floor(left / MINUTE))} min${left <= TOO_SHORT_MS ? ', which is shorter than a switchover may take' : ''}`,
      evidence: `from ${WORDS[source]}, until ${facts.world.wall.iso(expiresAt)}`,
      fix: 'take new ones first',
      commands: source === 'sso' ? ['aws sso login --profile <profile>'] : commands,
    },
  ];
}

async function dependence(facts: Facts, { source, renewals, expiresAt }: CredentialFacts): Promise<Said[]> {
  if (renewals.length === 0) return [];
  const active = (await facts.active()) ?? facts.regions;
  return renewals
    .filter(({ region }) => active.includes(region))
    .map(({ service, region }): Said => ({
      severity: 'warns',
      code: 'credentials-need-active-region',
      where: region,
      sentence: `new credentials need ${service} in ${region}, the Region that a failover leaves: while it is down there may be none`,
      evidence: `from ${WORDS[source]}${expiresAt === undefined ? '' : `, until ${facts.world.wall.iso(expiresAt)}`}`,
      fix: 'keep a second way in, in a profile of its own: a break-glass role by another Region, or keys that are locked away',
    }));
}

function lifetime(facts: Facts, { temporary, expiresAt, renewals }: CredentialFacts): string {
  if (!temporary) return 'long-lived, and no service is needed to renew them';
  const until = expiresAt === undefined ? 'expiry unknown' : `until ${facts.world.wall.iso(expiresAt)}`;
  return [until, ...renewals.map(({ service, region }) => `renewed by ${service} in ${region}`)].join('; ');
}
