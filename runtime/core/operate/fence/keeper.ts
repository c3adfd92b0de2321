import type { Clock } from '../../ports';
import { timeLeft, type Limits } from '../../routes/endpoint';
import type { Fence, Gap } from './fence';
import type { FenceTerms } from './statement';
import { FENCE_TIMES, type FenceTimes } from './times';

/** Looks after the fences of one act while it does other things, and remembers when they were not up. */
export class FenceKeeper {
  private readonly end = new AbortController();
  private last: Promise<void> = Promise.resolve();
  private running?: Promise<void>;

  constructor(
    private readonly clock: Clock,
    readonly fences: readonly Fence[],
    private readonly limits: Limits,
    private readonly times: FenceTimes = FENCE_TIMES,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** One look at every fence, now; those that have less time left than this are extended. */
  look(leastLeftMs?: number): Promise<void> {
    const look = async () => void (await Promise.all(this.fences.map((fence) => fence.keep(this.limits, leastLeftMs))));
    this.last = this.last.then(look);
    return this.last;
  }

  /** Looks no more; the fences stay for as long as they last. */
  async stop(): Promise<void> {
    this.end.abort();
    await this.running;
    await this.last;
  }

  get gaps(): readonly (Gap & { readonly region: string })[] {
    return this.fences.flatMap((fence) => fence.gaps.map((gap) => ({ ...gap, region: fence.region })));
  }

  /** Somebody else's fence in the place of one of these. */
  get rival(): { readonly region: string; readonly fence: FenceTerms } | undefined {
    const fence = this.fences.find((one) => one.rival !== undefined);
    return fence?.rival && { region: fence.region, fence: fence.rival };
  }

  private async run(): Promise<void> {
    while (!this.end.signal.aborted && timeLeft(this.clock, this.limits) > 0) {
      await this.clock.sleep(this.times.checkEveryMs, this.end.signal);
      if (!this.end.signal.aborted && timeLeft(this.clock, this.limits) > 0) await this.look();
    }
  }
}
