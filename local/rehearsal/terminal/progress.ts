import type { Paint } from '../../../runtime/cli/terminal';
import { StatusLine } from '../../../runtime/cli/terminal/status-line';
import type { StepObserver, StepResult } from '../engine/steps';
import { duration } from '../../../runtime/cli/terminal/units';

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** A terminal can be written over; anything else gets whole lines. */
  readonly terminal: boolean;
  readonly columns: () => number;
  readonly paint: Paint;
  readonly now: () => number;
}

/** Tells the steps as they go. */
export class Progress implements StepObserver {
  private readonly line: StatusLine;
  private current?: { readonly number: string; note: string };

  constructor(private readonly options: ProgressOptions) {
    this.line = new StatusLine({ write: options.write, live: options.terminal, columns: options.columns, now: options.now });
  }

  public started(step: { readonly title: string; readonly number: number; readonly of: number }): void {
    const startedAt = this.options.now();
    const current = { number: `${String(step.number).padStart(String(step.of).length)}/${step.of}`, note: '' };
    this.current = current;
    const elapsed = () => duration((this.options.now() - startedAt) / 1000);
    if (!this.options.terminal) this.options.write(`${current.number}  ${step.title} ...\n`);
    this.line.show(
      () => `${current.number}  ${step.title}  ${elapsed()}${current.note === '' ? '' : `  ${current.note}`}`,
      () => `       still at it after ${elapsed()}${current.note === '' ? '' : `: ${current.note}`}`,
    );
  }

  public noted(text: string): void {
    if (this.current !== undefined) this.current.note = text;
  }

  public ended(result: StepResult): void {
    const { paint } = this.options;
    const number = this.current?.number ?? '';
    const took = duration((result.endedAt - result.startedAt) / 1000).padStart(7);
    this.close();
    if (result.outcome === 'done') this.options.write(`${paint.good('ok')}  ${number}  ${paint.strong(result.title)}  ${paint.faint(took.trim())}\n`);
    else this.options.write(`${paint.bad(result.outcome)}  ${number}  ${paint.strong(result.title)}  ${paint.faint(took.trim())}\n`);
    if (result.command !== undefined) this.options.write(`           ${paint.faint(`$ ${result.command}`)}\n`);
    if (result.detail !== '' && result.outcome !== 'interrupted') this.options.write(`           ${result.outcome === 'done' ? paint.faint(result.detail) : result.detail}\n`);
  }

  /** A line of talk between, or above, the steps. */
  public say(text: string): void {
    this.line.write(`${text}\n`);
  }

  /** Leaves the line clean. */
  public close(): void {
    this.line.stop();
    this.current = undefined;
  }
}
