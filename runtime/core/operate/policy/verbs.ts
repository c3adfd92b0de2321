import type { Sid } from './statements';

/** What one verb needs. */
export interface Needs {
  /** Without any of these it is refused, or fails. */
  readonly must: readonly Sid[];
  /** Without these it goes on, and says what it could not do or see. */
  readonly should: readonly Sid[];
  /** What an option of it needs besides, by the option as it is typed. */
  readonly extras?: { readonly [option: string]: readonly Sid[] };
}

const PROVE_SERVED: readonly Sid[] = ['WriteProbes', 'FindProbes', 'RemoveProbes', 'ListVersions'];

/** Of an act, where there is a controller. */
const CLAIM: readonly Sid[] = ['ReadRegister', 'WriteRegister'];

const SWITCH: Needs = {
  must: ['ReadManifest', 'ReadRoutes', 'SubmitRoutes', ...CLAIM, 'ReadPolicies', 'WritePolicies', 'WriteFenceChecks', 'ListVersions', 'HeadVersions'],
  should: ['ListBuckets', 'ReadMetrics', 'ReadReports', 'ReadHistory', 'WriteHistory', 'ReadRules', 'ListUploads', 'RemoveFenceChecks', 'WriteProbes', 'RemoveProbes'],
  extras: { '--drain=metrics': ['WriteMarkers', 'RemoveMarkers'] },
};

/**
 * Every verb that asks AWS for something a policy must allow, in the order of help. The manifest is a must for whoever names its
 * parameter; with a file it is not asked for.
 */
export const NEEDS = {
  status: { must: ['ReadManifest', 'ReadRoutes'], should: ['ListBuckets', 'ReadMetrics', 'ReadRegister', 'ReadReports', 'ReadHistory', 'ReadPolicies'] },
  watch: { must: ['ReadManifest'], should: ['ReadRoutes', 'ListBuckets', 'ReadMetrics', 'ReadRegister', 'ReadReports', 'ReadHistory', 'ReadPolicies'] },
  doctor: {
    must: ['ReadManifest'],
    should: ['ReadRoutes', 'ListBuckets', 'ReadMetrics', 'ReadRegister', 'ReadReports', 'ReadHistory', 'ReadSettings', 'ReadRoles', 'ListUploads', 'ReadPolicies', 'ListVersions'],
    extras: { '--deep': ['HeadVersions'] },
  },
  switchover: { ...SWITCH, should: [...SWITCH.should, 'WriteWatermarks'] },
  failover: { must: ['ReadManifest', 'ReadRoutes', 'SubmitRoutes', ...CLAIM], should: ['ListBuckets', 'ReadMetrics', 'ReadReports', 'ReadHistory', 'WriteHistory', ...PROVE_SERVED] },
  // It switches there and back, and needs to see that each is served.
  drill: {
    must: [...SWITCH.must, 'WriteProbes', 'WriteDrill', 'ReadDrill'],
    should: [...SWITCH.should.filter((sid) => sid !== 'WriteProbes'), 'RemoveDrill'],
    extras: SWITCH.extras,
  },
  'routes show': { must: ['ReadManifest', 'ReadRoutes'], should: [] },
  'routes set': { must: ['ReadManifest', 'ReadRoutes', 'SubmitRoutes', ...CLAIM], should: ['ListBuckets', 'ReadMetrics', 'ReadReports', 'ReadHistory', 'WriteHistory', ...PROVE_SERVED] },
  'fence show': { must: ['ReadManifest', 'ReadPolicies'], should: ['ListBuckets', 'ReadReports', 'ReadHistory'] },
  'fence lift': { must: ['ReadManifest', 'ReadPolicies', 'WritePolicies'], should: ['ListBuckets', 'ReadReports', 'ReadHistory', 'WriteHistory'] },
  'quarantine lift': { must: ['ReadManifest', 'ListBuckets', 'ReadHistory', 'WriteHistory', ...CLAIM], should: ['ReadReports'] },
  pause: { must: ['ReadManifest', ...CLAIM], should: [] },
  resume: { must: ['ReadManifest', ...CLAIM], should: [] },
  exclude: { must: ['ReadManifest', ...CLAIM], should: [] },
  include: { must: ['ReadManifest', ...CLAIM], should: [] },
  history: { must: ['ReadManifest', 'ListBuckets'], should: ['ReadReports', 'ReadHistory'] },
  reconcile: {
    must: ['ReadManifest', 'ReadRoutes', 'ListVersions', 'HeadVersions'],
    should: ['ListBuckets', ...CLAIM, 'ReadReports', 'ReadHistory', 'WriteHistory', 'ReadWatermarks', 'WriteWatermarks', 'ListUploads'],
  },
  export: { must: ['ReadManifest'], should: [] },
  card: { must: ['ReadManifest'], should: [] },
  policy: { must: ['ReadManifest'], should: [] },
} satisfies { readonly [verb: string]: Needs };

export type PolicyVerb = keyof typeof NEEDS;
export const POLICY_VERBS = Object.keys(NEEDS) as PolicyVerb[];

export const POLICY_EXTRAS = [...new Set(POLICY_VERBS.flatMap((verb) => Object.keys(needs(verb).extras ?? {})))];

export function needs(verb: PolicyVerb): Needs {
  return NEEDS[verb];
}

export function neededBy(sid: Sid): { readonly must: readonly PolicyVerb[]; readonly should: readonly PolicyVerb[] } {
  return {
    must: POLICY_VERBS.filter((verb) => needs(verb).must.includes(sid)),
    should: POLICY_VERBS.filter((verb) => needs(verb).should.includes(sid)),
  };
}

export function isPolicyVerb(name: string): name is PolicyVerb {
  return Object.hasOwn(NEEDS, name);
}
