import { CallError } from '../../../calls/call-error';
import { list } from '../../../routes/routes';
import { PROBE_PREFIX } from '../../../routes/served';
import { atWork } from '../../history/at-work';
import { FENCE_CHECK_PREFIX } from '../../fence/statement';
import { HISTORY_PREFIX } from '../../history/key';
import { permission, type Sid } from '../../policy/statements';
import { neededBy, type PolicyVerb } from '../../policy/verbs';
import { WATERMARK_PREFIX } from '../../reconcile/watermark';
import type { Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notTaken, type Seen } from '../seen';
import { hasFence } from './fence';
import { IMPOSSIBLE_ROUTES } from './impossible-routes';

/** Keys that nobody ever writes: what is tried on them was never stored. */
const NEVER = 'doctor/never-stored';
const NO_VERSION = 'null';
const inProbes = `${PROBE_PREFIX}${NEVER}`;
const inHistory = `${HISTORY_PREFIX}${NEVER}`;
const inFenceChecks = `${FENCE_CHECK_PREFIX}${NEVER}`;
const inWatermarks = `${WATERMARK_PREFIX}${NEVER}`;
/** Anywhere else: an object of an application. */
const anyKey = `s3-failover-${NEVER}`;

type Attempt = (facts: Facts, region: string) => Promise<Seen<unknown>>;

/** How one permission is tried in one Region. What is refused for another reason than permissions was let through by them. */
interface Trial {
  readonly sid: Sid;
  readonly attempts: readonly Attempt[];
  /** Whether a refusal in this Region may have another reason. */
  readonly blurred?: (facts: Facts, region: string) => Promise<boolean>;
}

/** A bucket that the caller may not list answers `denied` to what is merely not there. */
const cannotList: Trial['blurred'] = async (facts, region) => (await facts.probe(region)).kind === 'denied';
/** A fence refuses these like anybody's. */
const fenced: Trial['blurred'] = async (facts, region) => {
  const policy = await facts.policy(region);
  return policy.kind === 'seen' && policy.value !== undefined && hasFence(facts.world.wall, policy.value);
};

const put = (key: string): Attempt => (facts, region) => facts.ask(`put ${key}`, region, (signal) => facts.world.trials(region).putObject(key, signal));
const remove = (key: string): Attempt => (facts, region) => facts.ask(`remove ${key}`, region, (signal) => facts.world.trials(region).removeVersion(key, signal));
const removeBatch = (key: string): Attempt => (facts, region) => facts.ask(`remove batch ${key}`, region, (signal) => facts.world.trials(region).removeBatch(key, signal));
const head = (key: string): Attempt => (facts, region) => facts.ask(`head ${key}`, region, (signal) => facts.world.buckets(region).headVersion(key, NO_VERSION, signal));

const TRIALS: readonly Trial[] = [
  { sid: 'ListBuckets', attempts: [(facts, region) => facts.probe(region)] },
  { sid: 'ReadHistory', attempts: [(facts, region) => facts.ask('history text', region, (signal) => facts.world.buckets(region).getText(inHistory, signal))], blurred: cannotList },
  { sid: 'WriteHistory', attempts: [put(inHistory)] },
  { sid: 'WriteProbes', attempts: [put(inProbes)] },
  { sid: 'FindProbes', attempts: [head(inProbes)], blurred: cannotList },
  { sid: 'RemoveProbes', attempts: [remove(inProbes), removeBatch(inProbes)] },
  { sid: 'ListVersions', attempts: [(facts, region) => facts.ask('list versions', region, (signal) => facts.world.buckets(region).listVersions(signal, { prefix: PROBE_PREFIX, most: 1 }))] },
  { sid: 'HeadVersions', attempts: [head(anyKey)], blurred: cannotList },
  { sid: 'ListUploads', attempts: [(facts, region) => facts.uploads(region)] },
  { sid: 'ReadRules', attempts: [(facts, region) => facts.replication(region)] },
  { sid: 'ReadPolicies', attempts: [(facts, region) => facts.policy(region)] },
  { sid: 'WritePolicies', attempts: [(facts, region) => facts.ask('policy trial', region, (signal) => facts.world.trials(region).putPolicy(signal))] },
  { sid: 'WriteFenceChecks', attempts: [put(inFenceChecks)], blurred: fenced },
  { sid: 'RemoveFenceChecks', attempts: [remove(inFenceChecks)], blurred: fenced },
  { sid: 'WriteWatermarks', attempts: [put(inWatermarks)], blurred: fenced },
  { sid: 'ReadMetrics', attempts: [(facts, region) => facts.metrics(region)] },
];

/** Verbs that must not fail tonight. */
export const ACTS: readonly PolicyVerb[] = ['failover', 'switchover'];

/** Those of the controller's table, in a check of its own. */
const TABLE_TRIED: readonly Sid[] = ['ReadRegister', 'ReadReports', 'WriteRegister'];

/** All that is tried; whatever the acts need must be among it. */
export const TRIED: readonly Sid[] = ['ReadRoutes', 'SubmitRoutes', ...TABLE_TRIED, ...TRIALS.map(({ sid }) => sid)];

/** What the caller may do, tried with requests that change nothing. */
export const permissions: Check = {
  name: 'permissions',
  about: 'what the caller may do, tried without a change',
  async run(facts) {
    const [routes, perRegion, through] = await Promise.all([ofRoutes(facts), Promise.all(TRIALS.map((trial) => ofRegions(facts, trial))), throughAccessPoint(facts)]);
    const all = [...routes, ...perRegion, through.tried];
    const denied = merged(all).flatMap(deniedFinding);
    const untried = [...new Set(all.flatMap((tried) => tried.untried))];
    return [...denied, ...(denied.length === 0 ? [allowed(all)] : []), ...untriedFindings(all, untried), ...through.said, ...(await removal(facts))];
  },
};

/** What came of trying one permission. */
interface Tried {
  readonly sid: Sid;
  readonly allowed: readonly string[];
  readonly denied: readonly { readonly where: string; readonly reason: string }[];
  /** Places that gave no answer from which anything follows. */
  readonly untried: readonly string[];
}

async function ofRegions(facts: Facts, { sid, attempts, blurred = async () => false }: Trial): Promise<Tried> {
  const results = await Promise.all(
    facts.regions.map(async (region) => {
      const seen = await Promise.all(attempts.map((attempt) => attempt(facts, region)));
      return { where: region, seen: seen.find(({ kind }) => kind === 'denied') ?? seen.find(({ kind }) => kind !== 'seen') ?? seen[0], blurred: await blurred(facts, region) };
    }),
  );
  return triedFrom(sid, results);
}

function triedFrom(sid: Sid, results: readonly { readonly where: string; readonly seen: Seen<unknown>; readonly blurred?: boolean }[]): Tried {
  const tried = { sid, allowed: [] as string[], denied: [] as { where: string; reason: string }[], untried: [] as string[] };
  for (const { where, seen, blurred } of results) {
    if (seen.kind === 'seen') tried.allowed.push(where);
    else if (seen.kind === 'denied' && !blurred) tried.denied.push({ where, reason: seen.error.message });
    else tried.untried.push(where);
  }
  return tried;
}

/** Reads are told by the survey. Submits are tried one after the other: two at a time would be a conflict of our own. */
async function ofRoutes(facts: Facts): Promise<Tried[]> {
  const survey = await facts.survey();
  const read: Tried = {
    sid: 'ReadRoutes',
    allowed: survey.good.map(({ endpoint }) => endpoint),
    denied: survey.failed.filter(({ failure }) => failure.kind === 'forbidden').map(({ endpoint, failure }) => ({ where: endpoint, reason: failure.detail })),
    // Dead endpoints are no matter of permissions; another check names them.
    untried: [],
  };
  const submit = { sid: 'SubmitRoutes' as const, allowed: [] as string[], denied: [] as { where: string; reason: string }[], untried: [] as string[] };
  const living = survey.rows.filter((row) => row.ok || row.failure.kind === 'forbidden');
  // Our trial must not be the conflict that stops somebody else's act.
  const busy = atWork((await facts.history()).records, facts.world.wall).length > 0;
  if (busy) submit.untried.push(...living.map(({ endpoint }) => endpoint));
  for (const { endpoint: region } of busy ? [] : living) {
    const endpoint = facts.world.endpoints.find((one) => one.region === region)!;
    const seen = await facts.ask('submit trial', region, (signal) => endpoint.submit(facts.world.estate.accessPoint, IMPOSSIBLE_ROUTES, signal));
    const answer = seen.kind === 'seen' ? seen.value : undefined;
    if (!answer) submit.untried.push(region);
    else if (!answer.ok && answer.failure.kind === 'forbidden') submit.denied.push({ where: region, reason: answer.failure.detail });
    else if (answer.ok || answer.failure.kind === 'bad request' || answer.failure.kind === 'conflict') submit.allowed.push(region);
    else submit.untried.push(region);
  }
  return [read, submit];
}

async function throughAccessPoint(facts: Facts): Promise<{ readonly tried: Tried; readonly said: readonly Said[] }> {
  const where = 'the access point';
  const seen = await facts.ask('access point trial', where, (signal) => facts.world.accessPointTrial.putObject(inProbes, signal));
  const token = 'error' in seen && seen.error instanceof CallError && notTaken(seen.error) ? [regionalToken(seen.error)] : [];
  return { tried: triedFrom('WriteProbes', token.length > 0 ? [] : [{ where, seen }]), said: token };
}

/** Requests to an access point are signed for every Region, which not every session token is good for. */
function regionalToken(error: CallError): Said {
  return {
    severity: 'warns',
    code: 'token-not-for-all-regions',
    sentence: 'the access point does not take the session token, which is not valid in every Region: routes can be moved, and nobody can prove from here that writes are served',
    evidence: error.message,
    fix: 'take the token from a Regional STS endpoint, or let the global one give tokens for all Regions',
    commands: ['aws iam set-security-token-service-preferences --global-endpoint-token-version v2Token'],
  };
}

/** One entry per permission. */
function merged(all: readonly Tried[]): Tried[] {
  const bySid = new Map<Sid, Tried>();
  for (const tried of all) {
    const known = bySid.get(tried.sid);
    bySid.set(tried.sid, known ? { sid: tried.sid, allowed: [...known.allowed, ...tried.allowed], denied: [...known.denied, ...tried.denied], untried: [...known.untried, ...tried.untried] } : tried);
  }
  return [...bySid.values()];
}

function deniedFinding({ sid, allowed: some, denied }: Tried): Said[] {
  if (denied.length === 0) return [];
  const { must, should } = neededBy(sid);
  const stopped = ACTS.filter((verb) => must.includes(verb));
  const poorer = ACTS.filter((verb) => should.includes(verb));
  const { actions, why } = permission(sid);
  // One endpoint is enough to move traffic.
  const enough = (sid === 'ReadRoutes' || sid === 'SubmitRoutes') && some.length > 0;
  const where = list(denied.map((one) => one.where));
  const loss = enough
    ? `not at ${where}; the others are enough`
    : stopped.length > 0
      ? `${stopped.join(' and ')} will be refused`
      : poorer.length > 0
        ? `${poorer.join(' and ')} will go on without`
        : `${list([...must, ...should].filter((verb) => verb !== 'doctor'))} will miss it`;
  return [
    {
      severity: stopped.length > 0 && !enough ? 'fails' : 'warns',
      code: 'permission-missing',
      where: sid,
      sentence: `the caller may not ${why}: ${loss}`,
      evidence: `${actions.join(', ')} refused ${sid === 'ReadMetrics' ? 'in' : 'at'} ${where}: ${denied[0].reason}`,
      commands: [`s3-failover policy ${stopped[0] ?? poorer[0] ?? must[0] ?? should[0]}`],
    },
  ];
}

function allowed(all: readonly Tried[]): Said {
  const sids = [...new Set(all.filter((tried) => tried.allowed.length > 0).map(({ sid }) => sid))];
  return good('the caller may do what failover and switchover need, as far as it could be tried', { evidence: `${sids.length} permissions: ${sids.join(', ')}` });
}

function untriedFindings(all: readonly Tried[], places: readonly string[]): Said[] {
  return places.map((where) => ({
    severity: 'not checked',
    code: 'permissions-untried',
    where,
    sentence: `permissions at ${where} were not tried: nothing follows from its answers, or it gave none`,
    evidence: [...new Set(all.filter((tried) => tried.untried.includes(where)).map(({ sid }) => sid))].join(', '),
  }));
}

/** To remove a policy cannot be tried without removing it; it is needed only where a fence is all that a bucket's policy holds. */
async function removal(facts: Facts): Promise<Said[]> {
  const seen = await Promise.all(facts.regions.map(async (region) => ({ region, policy: await facts.policy(region) })));
  const bare = seen.filter(({ policy }) => policy.kind === 'seen' && policy.value === undefined).map(({ region }) => region);
  if (bare.length === 0) return [];
  return [
    {
      severity: 'not checked',
      code: 'removal-untried',
      sentence: `whether the caller may remove a bucket's policy was not tried, since only doing so would tell; the ${bare.length === 1 ? 'bucket' : 'buckets'} in ${list(bare)} ${bare.length === 1 ? 'has' : 'have'} none, so that lifting a fence there means to remove it`,
      commands: ['s3-failover policy switchover'],
    },
  ];
}
