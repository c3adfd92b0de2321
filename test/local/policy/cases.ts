import type { PolicyVerb } from '../../../runtime/core/operate/policy/verbs';
import type { Sid } from '../../../runtime/core/operate/policy/statements';
import type { CliResult } from '../run-cli';
import type { OperatorEstate } from '../operator-estate';
import { EAST, WEST } from '../replication-lab';

/** How a verb is run, and what shows that a statement of its policy is missing. */
export interface PolicyCase {
  readonly verb: PolicyVerb;
  /** Options that need more, as `policy --with` takes them. */
  readonly extras?: readonly string[];
  readonly args: (estate: OperatorEstate, without: Sid | undefined) => readonly string[];
  /** Exit code with the whole policy. */
  readonly code: number;
  /** It changes something: each run has an estate of its own. */
  readonly acts?: boolean;
  /** A fence was left behind in us-east-1. */
  readonly fenced?: boolean;
  /** An object of us-east-1 is not in us-west-2 yet when the verb begins. */
  readonly behind?: boolean;
  /** No Region is quarantined, since it takes no `--force`; where records cannot be read, one is. */
  readonly calm?: boolean;
  /** Its waits are made shorter: it waits minutes for routes to spread. */
  readonly fast?: boolean;
  /** Text that is there with the whole policy, and shows that the verb did its work. */
  readonly done: RegExp;
  /** What is said where a statement that it can do without is missing, and is not said with it. */
  readonly says: { readonly [sid in Sid]?: RegExp };
}

/** Words that each permission leaves in an answer of AWS, wherever the verb shows it. */
const DENIED = /AccessDenied|not authorized|may not/;

export const CASES: readonly PolicyCase[] = [
  {
    verb: 'status',
    args: ({ parameter }) => ['status', '--json', '--name', parameter],
    code: 0,
    done: /"active": \[/,
    says: { ListBuckets: /"health": \{\s*"kind": "refused"|"kind": "refused"/, ReadMetrics: DENIED, ReadHistory: /records of acts could not be read/, ReadPolicies: DENIED },
  },
  {
    verb: 'watch',
    args: ({ parameter }) => ['watch', '--json', '--every', '2', '--timeout', '6', '--name', parameter],
    code: 0,
    done: /"active":\[/,
    says: { ReadRoutes: /"routes":null|forbidden/, ListBuckets: /"kind":"refused"/, ReadMetrics: DENIED, ReadHistory: /records of acts could not be read/, ReadPolicies: DENIED },
  },
  { verb: 'routes show', args: ({ parameter }) => ['routes', 'show', '--name', parameter], code: 0, done: /us-east-1\s+active/, says: {} },
  {
    verb: 'doctor',
    extras: ['--deep'],
    // It tells what its caller may do, who here may do nothing but look.
    args: ({ parameter }) => ['doctor', '--deep', '--name', parameter],
    code: 3,
    done: /every bucket keeps versions/,
    says: {
      ReadRoutes: /the caller may not read where traffic goes/,
      ListBuckets: /the caller may not see whether each bucket answers/,
      ReadMetrics: /the caller may not read how far each Region is behind/,
      ReadHistory: /the caller may not read who moved traffic when/,
      ReadSettings: /versioning: not checked/,
      ReadRoles: /the role that replicates: not checked/,
      ListUploads: /the caller may not see uploads in parts/,
      ReadPolicies: /the caller may not see a fence/,
      ListVersions: /the caller may not list versions/,
      HeadVersions: /the status of sampled objects: not checked/,
    },
  },
  {
    verb: 'failover',
    acts: true,
    // The Region that it leaves answers well, which takes --force.
    args: ({ parameter }, without) => ['failover', WEST, '--yes', '--force', '--json', '--why', 'a trial', '--name', parameter, ...proofWithout(without)],
    code: 0,
    done: /"outcome": "served"/,
    says: {
      ListBuckets: /whether it is well is not known: [^"]*HeadBucket/,
      ReadMetrics: DENIED,
      ReadHistory: /records about quarantines could not be read/,
      WriteHistory: /no Region took the record of this act/,
      WriteProbes: /allow 's3:PutObject' through the access point/,
      FindProbes: /lost sight/,
      RemoveProbes: /could not be removed/,
      ListVersions: /could not be removed/,
    },
  },
  {
    verb: 'routes set',
    acts: true,
    args: ({ parameter }, without) => ['routes', 'set', `${EAST}=passive`, `${WEST}=active`, '--yes', '--force', '--json', '--name', parameter, ...proofWithout(without)],
    code: 0,
    done: /"outcome": "served"/,
    says: {
      ListBuckets: /whether it is well is not known: [^"]*HeadBucket/,
      ReadMetrics: DENIED,
      ReadHistory: /records about quarantines could not be read/,
      WriteHistory: /no Region took the record of this act/,
      WriteProbes: /allow 's3:PutObject' through the access point/,
      FindProbes: /lost sight/,
      RemoveProbes: /could not be removed/,
      ListVersions: /could not be removed/,
    },
  },
  {
    verb: 'switchover',
    acts: true,
    fast: true,
    behind: true,
    // us-west-2 is quarantined, which takes --force.
    args: ({ parameter }, without) => ['switchover', WEST, '--yes', '--force', '--json', '--timeout', '300', '--name', parameter, ...planWithout(without)],
    code: 0,
    done: /"nothingLost": true/,
    says: {
      ListBuckets: /whether it is well is not known: [^"]*HeadBucket/,
      ReadMetrics: DENIED,
      ReadHistory: /records about quarantines could not be read/,
      WriteHistory: /no Region took the record of this act/,
      ReadRules: /the replication rules could not be read/,
      ListUploads: /could not be listed/,
      WriteProbes: /A write through the access point did not succeed/,
      RemoveProbes: /probe objects under [^"]* could not be removed/,
      WriteWatermarks: /no watermark was left for us-east-1 and us-west-2 \([^)]*AccessDenied/,
      RemoveFenceChecks: /Small objects of ours [^"]* could not be removed/,
    },
  },
  {
    verb: 'drill',
    acts: true,
    fast: true,
    calm: true,
    behind: true,
    args: ({ parameter }, without) => ['drill', WEST, '--yes', '--json', '--steady', '5', '--name', parameter, ...drillWithout(without)],
    code: 0,
    done: /"outcome": "passed"/,
    says: {
      ListBuckets: /whether it is well is not known: [^"]*HeadBucket/,
      ReadMetrics: /cloudwatch ListMetrics in us-west-2 was answered 403/,
      ReadHistory: /records about quarantines could not be read/,
      WriteHistory: /no Region took the record of this act/,
      ReadRules: /the replication rules could not be read/,
      ListUploads: /could not be listed/,
      RemoveProbes: /"us-east-1: under '.s3-failover\/probe\/[^']*': [^"]*DeleteObject/,
      RemoveFenceChecks: /Small objects of ours [^"]* could not be removed/,
      RemoveDrill: /"us-east-1: under '.s3-failover\/drill\/[^']*': [^"]*DeleteObject/,
    },
  },
  {
    verb: 'fence show',
    args: ({ parameter }) => ['fence', 'show', '--name', parameter],
    code: 0,
    done: /us-east-1\s+none\s[^]*us-west-2\s+none\s/,
    says: { ListBuckets: /records of acts could not be read/, ReadHistory: /records of acts could not be read/ },
  },
  {
    verb: 'fence lift',
    acts: true,
    fenced: true,
    args: ({ parameter }) => ['fence', 'lift', EAST, '--yes', '--name', parameter],
    code: 0,
    done: /the fence in us-east-1 is lifted/,
    says: { ListBuckets: /records of acts could not be read/, ReadHistory: /records of acts could not be read/, WriteHistory: /no Region took the record of it/ },
  },
  {
    verb: 'quarantine lift',
    acts: true,
    args: ({ parameter }) => ['quarantine', 'lift', WEST, '--yes', '--why', 'a trial', '--name', parameter],
    code: 0,
    done: /may be a target again/,
    says: {},
  },
  { verb: 'pause', args: ({ parameter }) => ['pause', '--why', 'a trial', '--name', parameter], code: 0, done: /there is no controller/, says: {} },
  { verb: 'resume', args: ({ parameter }) => ['resume', '--name', parameter], code: 0, done: /there is no controller/, says: {} },
  { verb: 'exclude', args: ({ parameter }) => ['exclude', WEST, '--why', 'a trial', '--name', parameter], code: 0, done: /there is no controller/, says: {} },
  { verb: 'include', args: ({ parameter }) => ['include', WEST, '--name', parameter], code: 0, done: /there is no controller/, says: {} },
  { verb: 'history', args: ({ parameter }) => ['history', '--json', '--name', parameter], code: 0, done: /"acts": \[\s*\{/, says: { ReadHistory: /"acts": \[\]/ } },
  {
    verb: 'reconcile',
    acts: true,
    args: ({ parameter }) => ['reconcile', '--wait', '--cut-off', '2020-01-01T00:00:00Z', '--name', parameter],
    code: 0,
    done: /clean: us-west-2 and us-east-1 owe each other nothing/,
    says: {
      ListBuckets: /the history in us-east-1 could not be read .*AccessDenied/,
      ReadHistory: /a record of an act could not be read, of which one may begin a quarantine .*AccessDenied/,
      WriteHistory: /us-west-2 stays in quarantine: no Region took the record that lifts it/,
      ReadWatermarks: /no watermark: s3 GetObject in us-\w+-\d was answered 403 AccessDenied/,
      WriteWatermarks: /no watermark was left for us-west-2 and us-east-1 \(.*AccessDenied/,
      ListUploads: /open uploads in us-east-1 are not known: .*AccessDenied/,
    },
  },
  { verb: 'export', args: ({ parameter }) => ['export', '-', '--name', parameter], code: 0, done: /"accessPoint"/, says: {} },
  { verb: 'card', args: ({ parameter }) => ['card', '--name', parameter], code: 0, done: /submit-multi-region-access-point-routes/, says: {} },
  { verb: 'policy', args: ({ parameter }) => ['policy', 'failover', '--name', parameter], code: 0, done: /"SubmitRoutes"/, says: {} },
];

const PROVING: readonly Sid[] = ['WriteProbes', 'FindProbes', 'RemoveProbes', 'ListVersions'];

/** Who lacks nothing of what proves that writes are served has proven it once: the others need not wait for it. */
function proofWithout(without: Sid | undefined): readonly string[] {
  return without === undefined || PROVING.includes(without) ? ['--timeout', '40'] : ['--proof', 'read-back'];
}

/** What a plan shows is seen without going through with it; what is left or not written down, before a switch without time, or a drain without it, is refused. */
function drillWithout(without: Sid | undefined): readonly string[] {
  if (without === 'RemoveDrill' || without === 'RemoveProbes') return ['--timeout', '60'];
  if (without === 'ReadMetrics' || without === 'WriteHistory' || without === 'RemoveFenceChecks') return ['--wait', '1'];
  return planWithout(without);
}

/** What a plan shows is seen without going through with it. */
function planWithout(without: Sid | undefined): readonly string[] {
  const shown: readonly (Sid | undefined)[] = ['ListBuckets', 'ReadMetrics', 'ReadHistory', 'ReadRules', 'ListUploads'];
  return shown.includes(without) ? ['--dry-run'] : [];
}

export function textOf({ stdout, stderr }: CliResult): string {
  return `${stdout}\n${stderr}`;
}
