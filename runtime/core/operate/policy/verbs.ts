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

/** Every verb, in the order of help. Verbs that ask AWS nothing need nothing. */
export const NEEDS = {
  status: { must: ['ReadRoutes'], should: ['ReadManifest', 'ListBuckets', 'ReadMetrics', 'ReadHistory', 'ReadPolicies'] },
  'routes show': { must: ['ReadRoutes'], should: ['ReadManifest'] },
  doctor: {
    must: [],
    should: ['ReadRoutes', 'ReadManifest', 'ListBuckets', 'ReadMetrics', 'ReadHistory', 'ReadSettings', 'ReadRoles', 'ListUploads', 'ReadPolicies', 'ListVersions', 'FindProbes'],
    extras: { '--deep': ['HeadVersions'] },
  },
  failover: { must: ['ReadRoutes', 'SubmitRoutes'], should: ['ReadManifest', 'ListBuckets', 'ReadMetrics', 'ReadHistory', 'WriteHistory', ...PROVE_SERVED] },
  switchover: {
    must: ['ReadRoutes', 'SubmitRoutes', 'ReadPolicies', 'WritePolicies'],
    should: ['ReadManifest', 'ListBuckets', 'ReadMetrics', 'ReadHistory', 'WriteHistory', 'ListUploads', ...PROVE_SERVED],
  },
  export: { must: ['ReadManifest'], should: [] },
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
    should: POLICY_VERBS.filter((verb) => [needs(verb).should, ...Object.values(needs(verb).extras ?? {})].flat().includes(sid)),
  };
}

export function isPolicyVerb(name: string): name is PolicyVerb {
  return Object.hasOwn(NEEDS, name);
}
