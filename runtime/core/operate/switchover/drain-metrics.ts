import { DrainGate } from '../../lag/gate';
import { observeLag } from '../../lag/observe';
import { lagReport } from '../../lag/report';
import type { DataRule } from '../../lag/rules';
import { timeLeft, type Limits } from '../../routes/endpoint';
import { age } from '../act/words';
import type { Check } from '../act/plan';
import { newActId } from '../history/store';
import type { Drain, Drained, Rehearsal, Tell } from './drain';
import type { SwitchoverTimes } from './times';
import type { SwitchoverWorld } from './world';

/** Two minutes until S3's metrics speak of the minutes after the fence. */
const SPEAKS_MS = 180_000;

/** Level `metrics`: what S3 publishes about its own work, and markers that were seen to arrive. Best effort. */
export class MetricsDrain implements Drain {
  private gate?: DrainGate;

  constructor(
    private readonly world: SwitchoverWorld,
    readonly source: string,
    private readonly target: string,
    private readonly rules: readonly DataRule[] | undefined,
    private readonly times: SwitchoverTimes,
  ) {}

  async rehearse(limits: Limits, tell: Tell): Promise<Rehearsal> {
    tell(0, undefined, 'asking for the replication metrics');
    const { estate } = this.world;
    const place = (region: string) => ({ region, bucket: estate.buckets[region] });
    const observation = await observeLag(this.world, this.world.metrics, {
      direction: { source: place(this.source), destination: place(this.target) },
      deadline: limits.deadline,
    });
    const report = lagReport(observation);
    const name = `${this.source} to ${this.target}`;
    const checks: Check[] = [];
    const mute = this.rules?.find((rule) => !rule.metrics && !rule.byTags);
    if (mute) checks.push({ name, state: 'bad', sentence: `S3 publishes no metrics of rule '${mute.id}', so that they cannot show when ${this.target} has everything`, fix: '--drain listing' });
    if (report.failedOperations) checks.push({ name, state: 'bad', sentence: report.sentence, fix: 's3-failover reconcile, or --drain listing' });
    else checks.push({ name, state: report.kind === 'known' ? 'good' : 'doubt', sentence: report.sentence });
    const behindMs = report.kind === 'known' ? (report.latencySeconds ?? 0) * 1_000 : this.times.metrics.quietMs;
    return { checks, expectedMs: Math.max(SPEAKS_MS, behindMs), hopeless: checks.some(({ state }) => state === 'bad') };
  }

  async drain(limits: Limits, waitMs: number, tell: Tell): Promise<Drained> {
    const { clock } = this.world;
    const until = { ...limits, deadline: Math.min(limits.deadline, clock.now() + waitMs) };
    // A gate of its own each time: markers and minutes from before the fence prove nothing.
    const gate = this.open(until.deadline);
    const began = clock.now();
    for (;;) {
      const poll = await gate.poll();
      if (poll.open) return { kind: 'drained', complete: false, sentence: `as far as S3's metrics tell, ${this.target} has everything of ${this.source}: ${poll.reason}` };
      if (!poll.curable) return { kind: 'not drained', sentence: poll.reason, fix: '--drain listing, or s3-failover reconcile' };
      if (timeLeft(clock, until) === 0) {
        const why = limits.signal?.aborted ? 'the act was stopped' : `it was waited for ${age(waitMs)}`;
        return { kind: 'not drained', sentence: `${poll.reason}; ${why}`, fix: '--wait with a longer time, or --drain listing' };
      }
      tell(clock.now() - began, waitMs, poll.reason);
      await clock.sleep(Math.min(poll.nextPollMs ?? this.times.pollMs, timeLeft(clock, until)), limits.signal);
    }
  }

  async lastLook(): Promise<undefined> {
    return undefined;
  }

  async clean(): Promise<void> {
    const left = await this.gate?.clean();
    if (left !== undefined) this.world.log.warn('markers were left', { source: this.source, reason: left });
  }

  private open(deadline: number): DrainGate {
    const { estate, buckets } = this.world;
    const others = estate.regions.filter((region) => region !== this.source && region !== this.target).map(buckets);
    this.gate = new DrainGate(
      { ...this.world, source: buckets(this.source), destination: buckets(this.target), others, configuration: (signal) => this.world.replication(this.source, signal) },
      { runId: newActId(this.world.random), deadline, pollMs: this.times.pollMs },
      this.times.metrics,
    );
    return this.gate;
  }
}
