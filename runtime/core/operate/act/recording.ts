import type { Proof } from '../../routes/change-result';
import type { ActRecord } from '../history/record';
import { RECORD_VERSION, type ActVerb } from '../history/record';
import { historyOf, newActId, type Kept } from '../history/store';
import { lineOf } from '../history/line';
import type { ActKind } from './outcome';
import type { OperateWorld } from './world';

/** What a record says from the beginning of its act. */
export interface ActFacts {
  readonly verb: ActVerb;
  readonly planned: boolean;
  readonly why?: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly lag?: readonly string[];
  readonly overruled?: readonly string[];
  /** Regions that may hold what no other has, from the moment on at which the act may have moved traffic. */
  readonly quarantines?: readonly string[];
}

export interface ActEnding {
  readonly kind: Extract<ActKind, 'served' | 'done' | 'refused' | 'failed' | 'unknown'>;
  readonly sentence: string;
  readonly proof: Proof | 'none';
  /** Whether traffic may have moved: then what was said of quarantines holds. */
  readonly moved: boolean;
  readonly nothingLost?: boolean;
  readonly lifts?: readonly string[];
  readonly outageSeconds?: number;
}

/** How long an act waits for the first Region to have its record, so that a tool that dies leaves word of what it was at. */
const BEGIN_MS = 300;

/** One act's two records. Nothing here rejects, and no dead Region holds up the act. */
export class Recording {
  readonly id: string;
  private begun: ActRecord;

  constructor(
    private readonly world: OperateWorld,
    facts: ActFacts,
  ) {
    this.id = newActId(world.random);
    this.begun = {
      schema: 'cdk-s3-failover/act',
      version: RECORD_VERSION,
      id: this.id,
      phase: 'begun',
      verb: facts.verb,
      planned: facts.planned,
      at: world.wall.iso(world.wall.now()),
      who: lineOf(world.who),
      ...(facts.why === undefined ? {} : { why: lineOf(facts.why) }),
      from: [...facts.from],
      to: [...facts.to],
      lag: (facts.lag ?? []).map(lineOf),
      ...(facts.overruled?.length ? { overruled: facts.overruled.map(lineOf) } : {}),
      quarantines: [...(facts.quarantines ?? [])],
      lifts: [],
    };
  }

  /** Before it begins: one thing more that the act goes on in spite of. */
  overrule(what: string): void {
    this.begun = { ...this.begun, overruled: [...(this.begun.overruled ?? []), lineOf(what)] };
  }

  /** Comes back when the first Region has it, or after a moment. */
  async begin(): Promise<void> {
    let kept: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (kept = resolve));
    void historyOf(this.world).begin(this.begun, kept).then(kept);
    await this.atMost(BEGIN_MS, first);
  }

  /** The Regions that have it. */
  async end(ending: ActEnding): Promise<Kept> {
    const { kind, sentence, proof, moved, nothingLost, lifts = [], outageSeconds } = ending;
    const ended: ActRecord = {
      ...this.begun,
      phase: 'ended',
      endedAt: this.world.wall.iso(this.world.wall.now()),
      proof,
      outcome: kind,
      sentence: lineOf(sentence),
      ...(nothingLost === undefined ? {} : { nothingLost }),
      ...(outageSeconds === undefined ? {} : { outageSeconds }),
      quarantines: moved ? this.begun.quarantines : [],
      lifts: [...lifts],
    };
    return historyOf(this.world).end(ended);
  }

  private async atMost(milliseconds: number, coming: Promise<void>): Promise<void> {
    const stopTimer = new AbortController();
    await Promise.race([coming, this.world.clock.sleep(milliseconds, stopTimer.signal)]);
    stopTimer.abort();
  }
}
