import type { Teller } from '../../../../../runtime/core/operate/act/world';
import type { ActRecord } from '../../../../../runtime/core/operate/history/record';
import { historyOf } from '../../../../../runtime/core/operate/history/store';
import { parseCheckpoint, type Job } from '../../../../../runtime/core/operate/reconcile/job';
import { planReconcile, type ReconcileRequest } from '../../../../../runtime/core/operate/reconcile/plan';
import type { ReconcileReport } from '../../../../../runtime/core/operate/reconcile/report';
import { reconcile, type ReconcileOptions } from '../../../../../runtime/core/operate/reconcile/run';
import { FakeEstate, type FakeEstateOptions } from '../../../support/fake-estate';
import { MemoryFile, MemoryStore } from '../../../support/memory-store';
import { VirtualClock } from '../../../support/virtual-clock';

export const HERE = 'us-east-1';
export const THERE = 'us-west-2';
export const THIRD = 'eu-west-1';
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

/** The Region that was left is HERE; traffic is in THERE. */
export class Night {
  readonly clock = new VirtualClock();
  readonly estate: FakeEstate;
  readonly said: string[] = [];
  store = new MemoryStore();
  readonly csv = new MemoryFile('found.csv');
  readonly manifests = new Map<string, MemoryFile>();

  constructor(options: FakeEstateOptions = {}) {
    this.estate = new FakeEstate(this.clock, { regions: [HERE, THERE], active: [THERE], lagMs: 2 * SECOND, ...options });
  }

  get here() {
    return this.estate.bucket(HERE);
  }

  get there() {
    return this.estate.bucket(THERE);
  }

  get history() {
    return historyOf(this.estate.world());
  }

  /** A forced failover from HERE, now. */
  async failover(change: Partial<ActRecord> = {}): Promise<ActRecord> {
    const record = { ...this.record(), ...change };
    await this.clock.run(() => this.history.end(record));
    return record;
  }

  record(): ActRecord {
    const at = this.estate.wall.iso(this.estate.wall.now());
    return {
      schema: 'cdk-s3-failover/act', version: 1, id: `failover${String(this.clock.now()).padStart(12, '0')}`, phase: 'ended', verb: 'failover', planned: false,
      at, endedAt: at, who: 'arn:aws:iam::111122223333:user/operator', from: [HERE], to: [THERE], lag: [], outcome: 'served', quarantines: [HERE], lifts: [],
    };
  }

  readonly teller: Teller = {
    step: (name) => void this.said.push(`step ${name}`),
    progress: (done, of, note) => void this.said.push(`progress ${done}/${of} ${note}`),
    say: (line) => void this.said.push(line),
    confirm: async () => 'yes',
  };

  options(change: Partial<ReconcileOptions> = {}): ReconcileOptions {
    return {
      world: this.estate.world(),
      history: this.history,
      store: this.store,
      teller: this.teller,
      signal: new AbortController().signal,
      outputs: {
        csv: async () => this.csv,
        batchManifest: async (region) => {
          const file = this.manifests.get(region) ?? new MemoryFile(`batch.${region}.csv`);
          this.manifests.set(region, file);
          return file;
        },
      },
      ...change,
    };
  }

  async plan(request: ReconcileRequest = {}) {
    const { world, history, signal } = this.options();
    return this.clock.run(() => planReconcile({ world, history, signal, request }));
  }

  async reconcile(request: ReconcileRequest = {}, change: Partial<ReconcileOptions> = {}): Promise<ReconcileReport> {
    return this.run((await this.plan(request)).job, change);
  }

  async run(job: Job, change: Partial<ReconcileOptions> = {}): Promise<ReconcileReport> {
    return this.clock.run(() => reconcile(this.options(change), job));
  }

  /** Goes on with what the store has. */
  async resume(change: Partial<ReconcileOptions> = {}): Promise<ReconcileReport> {
    const loaded = parseCheckpoint(this.store.saved!, this.estate.estate);
    if ('problem' in loaded) throw new Error(loaded.problem);
    return this.clock.run(() => reconcile(this.options(change), loaded.checkpoint.job, loaded.checkpoint));
  }
}

/** Findings of a pair as `what key (why)`. */
export function told(report: ReconcileReport, pair = 0): string[] {
  const one = report.pairs[pair];
  if (!one.complete) return [one.why];
  return [
    ...one.tally.missing.flatMap(({ lackedBy, reason, first }) => first.map(({ version }) => `${lackedBy} lacks ${version.key} ${version.versionId} (${reason})`)),
    ...one.tally.differs.first.map(({ key, because }) => `${key} differs (${because})`),
    ...one.tally.superseded.first.map(({ older, newer }) => `${older.version.key} ${older.version.versionId} of ${older.by} superseded by ${newer.version.versionId} of ${newer.by}`),
  ];
}
