import { z } from 'zod';

/** Changes when a reader of the one before would misread the document; new members do not change it. */
export const REPORT_VERSION = 2;

const seconds = z.number();
const region = z.string();
const routes = z.record(z.string(), z.enum(['active', 'passive']));
const span = z.object({ region, from: seconds, to: seconds });

/** The document that `--json` prints. Moments and durations are seconds; moments count from the start of the run. */
export const reportSchema = z.object({
  schema: z.literal('cdk-s3-failover/rehearsal'),
  version: z.literal(REPORT_VERSION),
  outcome: z.enum(['passed', 'failed', 'interrupted']),
  failure: z.object({ step: z.string(), reason: z.string() }).nullable(),
  startedAt: z.string(),
  elapsed: seconds,
  setting: z.object({
    /** In the order in which they take over; empty, and what follows null, where the run ended before it knew. */
    regions: z.array(region),
    homeRegion: region.nullable(),
    activeRegion: region.nullable(),
    targetRegion: region.nullable(),
    accessPointArn: z.string().nullable(),
    fault: z.string(),
    writesPerSecond: z.number(),
    requestTimeout: seconds,
    propagation: seconds,
    replicationLag: seconds,
  }),
  steps: z.array(z.object({
    id: z.string(),
    title: z.string(),
    outcome: z.enum(['done', 'failed', 'interrupted', 'skipped']),
    at: seconds,
    elapsed: seconds,
    /** What was typed, where the step is a command. */
    command: z.string().nullable(),
    detail: z.string(),
  })),
  /** One for each stretch in which no write succeeded. */
  outages: z.array(z.object({
    from: seconds,
    /** Null where no write succeeded any more. */
    to: seconds.nullable(),
    withoutService: seconds,
    failedWrites: z.number().int(),
    failedReads: z.number().int(),
  })),
  switches: z.array(z.object({
    /** `automatic`: a failover that nobody gave a command for; its clocks run from the death of the Region. */
    kind: z.enum(['failover', 'failback', 'automatic']),
    from: region,
    to: region,
    command: z.string().nullable(),
    commandAt: seconds,
    /** Of an automatic one: who decided, in what words, how long after the death, and how long before the routes were accepted. */
    decision: z.object({ by: z.string(), why: z.string(), faultToDecision: seconds, decisionToAccepted: seconds.nullable() }).nullable(),
    commandToAccepted: seconds.nullable(),
    commandToEnd: seconds.nullable(),
    commandToServed: seconds.nullable(),
    acceptedToServed: seconds.nullable(),
    /** The last write that the Region left behind served after the switch was accepted. */
    acceptedToLastElsewhere: seconds.nullable(),
    routesBefore: routes,
    routesAfter: routes.nullable(),
    /** Acknowledged writes that the target lacked when the switch was accepted. */
    missingAtSwitch: z.number().int().nullable(),
    missingReads: z.number().int(),
  })),
  writes: z.object({
    attempted: z.number().int(),
    acknowledged: z.number().int(),
    failed: z.number().int(),
    /** Null, here and below, where the run ended before it could be known. */
    servedBy: z.record(z.string(), z.number().int()).nullable(),
    /** Acknowledged and nowhere at the end. */
    lost: z.number().int().nullable(),
    /** Acknowledged, not in the target at the failover, seen there after the heal. */
    late: z.number().int().nullable(),
    lateArrival: z.object({ firstAfterHeal: seconds, lastAfterHeal: seconds, longestAfterWrite: seconds }).nullable(),
    /** Late, and written again elsewhere before they arrived: noncurrent versions. */
    superseded: z.number().int().nullable(),
    /** Never acknowledged, yet stored. */
    keptUnacknowledged: z.number().int().nullable(),
    /** Copies whose bytes were fetched and compared, of `copiesExpected`. */
    copiesIntact: z.number().int().nullable(),
    copiesExpected: z.number().int(),
    /** Keys whose current version is not the same in every Region. */
    divergentKeys: z.array(z.string()).nullable(),
  }),
  reads: z.object({ attempted: z.number().int(), found: z.number().int(), missing: z.number().int(), failed: z.number().int() }),
  /** From the acknowledgement to the first listing, about one a second, of the last Region to have it. */
  replication: z.object({ medianLag: seconds, longestLag: seconds }).nullable(),
  timeline: z.object({
    from: seconds,
    to: seconds,
    marks: z.array(z.object({ at: seconds, kind: z.string(), region: region.nullable(), text: z.string() })),
    /** When the routes, as accepted, let traffic go to a Region. */
    active: z.array(span),
    dead: z.array(span),
    /** `by` is the Region that served it; null where it failed, or where that is not known. */
    writes: z.array(z.object({ at: seconds, took: seconds, ok: z.boolean(), by: region.nullable(), error: z.string().nullable() })),
    reads: z.array(z.object({ at: seconds, outcome: z.enum(['found', 'missing', 'failed']) })),
    /** Acknowledged writes that a Region lacked; null where it did not answer. */
    backlog: z.array(z.object({ at: seconds, region, missing: z.number().int().nullable() })),
  }),
  notes: z.array(z.string()),
});

export type Report = z.infer<typeof reportSchema>;
