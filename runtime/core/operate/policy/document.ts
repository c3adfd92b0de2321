import type { PolicyScope } from './scope';
import { permission, type Sid } from './statements';
import { needs, type PolicyVerb } from './verbs';

export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

export interface VerbPolicy {
  readonly document: PolicyDocument;
  /** Why each statement is there, in their order. */
  readonly reasons: readonly { readonly sid: Sid; readonly why: string; readonly must: boolean }[];
  /** Statements whose resources the scope does not tell, and which are therefore missing. */
  readonly leftOut: readonly Sid[];
}

/** The least that a caller needs for a verb, on this access point and these buckets alone. */
export function policyFor(verb: PolicyVerb, scope: PolicyScope, options: readonly string[] = []): VerbPolicy {
  const { must, should, extras = {} } = needs(verb);
  const sids = [...new Set([...must, ...should, ...options.flatMap((option) => extras[option] ?? [])])];
  const made = sids.map((sid) => ({ sid, actions: permission(sid).actions, resources: permission(sid).resources(scope) }));
  const present = made.filter(({ resources }) => resources.length > 0);
  return {
    document: {
      Version: '2012-10-17',
      Statement: present.map(({ sid, actions, resources }) => ({ Sid: sid, Effect: 'Allow', Action: actions, Resource: resources })),
    },
    reasons: present.map(({ sid }) => ({ sid, why: permission(sid).why, must: must.includes(sid) })),
    // Without a controller there is no table to be allowed.
    leftOut: made.filter(({ sid, resources }) => resources.length === 0 && sid === 'ReadManifest').map(({ sid }) => sid),
  };
}
