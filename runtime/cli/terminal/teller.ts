import type { Teller } from '../../core/operate/act/world';
import type { Plan } from '../../core/operate/act/plan';
import type { Clock } from '../../core/ports';
import type { Terminal } from '../terminal';
import type { Globals } from '../verb';
import { planText } from '../render/plan';
import { bar, StatusLine, type Every } from './status-line';
import { duration } from './units';

/** A teller that the shell can put an end to. */
export interface SteppedTeller extends Teller {
  /** What is being done now; undefined between steps. */
  current(): string | undefined;
  /** The last step is over, well or not. */
  end(outcome: 'done' | 'stopped'): void;
}

interface Step {
  readonly name: string;
  readonly startedAt: number;
  progress: string;
  note: string;
}

/** Tells the steps of an act on standard error, and asks before it begins. */
export function tellerOn(terminal: Terminal, clock: Clock, globals: Pick<Globals, 'yes' | 'dryRun'>, signal: AbortSignal, every?: Every): SteppedTeller {
  const paint = terminal.talkPaint;
  const line = new StatusLine({ write: (text) => terminal.err(text), live: terminal.live, columns: () => terminal.columns, now: () => clock.now(), every });
  let step: Step | undefined;

  const elapsed = (one: Step) => duration((clock.now() - one.startedAt) / 1_000);
  const state = (one: Step) => [elapsed(one), one.progress, one.note].filter(Boolean).join('  ');
  const end = (outcome: 'done' | 'stopped') => {
    if (!step) return;
    const ended = step;
    step = undefined;
    line.stop();
    const mark = outcome === 'done' ? paint.good('ok') : paint.bad('--');
    terminal.err(`${mark}  ${ended.name}  ${paint.faint(elapsed(ended))}\n`);
  };

  return {
    current: () => step?.name,
    end,
    step(name) {
      end('done');
      const begun: Step = { name, startedAt: clock.now(), progress: '', note: '' };
      step = begun;
      if (!terminal.live) terminal.err(`${name} ...\n`);
      line.show(
        () => `${begun.name}  ${state(begun)}`,
        () => `    still at it after ${state(begun)}`,
      );
    },
    progress(done, of, note) {
      if (!step) return;
      step.progress = bar(done, of);
      step.note = note;
    },
    say: (text) => line.write(`${text}\n`),
    async confirm(plan) {
      end('done');
      terminal.err(planText(plan, paint));
      if (globals.dryRun) return 'no';
      if (globals.yes) return 'yes';
      // The shell has refused before anything was asked of AWS where nobody can be asked.
      if (!terminal.ask) return 'no';
      const answer = (await terminal.ask(questionOf(plan), signal)).trim();
      return agrees(plan, answer) ? 'yes' : 'no';
    },
  };
}

/** A failover may lose data: who says yes to it names its target. */
function questionOf(plan: Plan): string {
  return plan.verb === 'failover' ? `To go ahead, type the name of the target (${plan.targets.join(', ')}): ` : 'Go ahead? [y/N] ';
}

function agrees(plan: Plan, answer: string): boolean {
  return plan.verb === 'failover' ? answer === plan.targets.join(', ') : /^y(es)?$/i.test(answer);
}
