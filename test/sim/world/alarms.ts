import { CallError } from '../../../runtime/core/calls/call-error';
import type { VetoAlarm } from '../../../lib/private/controller-contract';
import type { AlarmReader } from '../../../runtime/core/controller/world';
import type { Process } from './process';
import type { Served } from './transport';
import type { World } from './world';

/** How an alarm is, or how CloudWatch answers who asks for it. `gone`: somebody has deleted it. */
export const ALARM_STATES = ['in alarm', 'refused', 'unanswered', 'gone'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

const keyOf = ({ region, name }: VetoAlarm) => `${region}/${name}`;

/** The alarms that may hold an act, as they truly are. Quiet, unless something is wrong with them. */
export class Alarms {
  private readonly states = new Map<string, AlarmState[]>();

  /** Hands back what ends it. The latest of several shows. */
  set(alarm: VetoAlarm, state: AlarmState): () => void {
    const states = this.states.get(keyOf(alarm)) ?? [];
    this.states.set(keyOf(alarm), [...states, state]);
    return () => {
      const now = this.states.get(keyOf(alarm))!;
      this.states.set(keyOf(alarm), now.filter((_, index) => index !== now.lastIndexOf(state)));
    };
  }

  of(alarm: VetoAlarm): AlarmState | 'quiet' {
    return this.states.get(keyOf(alarm))?.at(-1) ?? 'quiet';
  }
}

type Answer = { readonly done: ReadonlyMap<string, 'in alarm' | 'quiet'> } | 'refused';

/** One process's way to them: CloudWatch of their Region, which dies with it. */
export class SimAlarms implements AlarmReader {
  constructor(
    private readonly world: World,
    private readonly process: Process,
  ) {}

  states(region: string, names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, 'in alarm' | 'quiet'>> {
    const { world, process } = this;
    return new Promise((resolve, reject) =>
      world.transport.carry<Answer>({
        process,
        call: 'read alarms',
        to: region,
        signal,
        door: () => (world.region(region).isDead ? 'silent' : 'open'),
        serve: () => this.serve(region, names),
        end: (answer, lost) => {
          if (answer && answer !== 'refused') return resolve(answer.done);
          reject(new CallError({ call: 'cloudwatch DescribeAlarms', region, code: answer ? 'AccessDenied' : (lost ?? 'silent'), status: answer ? 403 : undefined, reason: 'simulated' }));
        },
      }),
    );
  }

  private serve(region: string, names: readonly string[]): Served<Answer> {
    const found = new Map<string, 'in alarm' | 'quiet'>();
    for (const name of names) {
      const state = this.world.alarms.of({ region, name });
      if (state === 'unanswered') return { kind: 'lost' };
      if (state === 'refused') return { kind: 'answer', value: 'refused' };
      if (state !== 'gone') found.set(name, state);
    }
    return { kind: 'answer', value: { done: found } };
  }
}
