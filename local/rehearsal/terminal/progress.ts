import type { StepObserver, StepResult } from '../engine/steps';
import type { Paint } from '../report/text';
import { duration } from '../../../runtime/cli/page/units';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** Without a terminal a line now and then shows that a long step is still alive. */
const HEARTBEAT_MS = 15_000;

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
  private current?: { readonly title: string; readonly number: string; readonly startedAt: number; note: string; heartbeatAt: number };
  private timer?: NodeJS.Timeout;
  private frame = 0;

  constructor(private readonly options: ProgressOptions) {}

  public started(step: { readonly title: string; readonly number: number; readonly of: number }): void {
    const now = this.options.now();
    const number = `${String(step.number).padStart(String(step.of).length)}/${step.of}`;
    this.current = { title: step.title, number, startedAt: now, note: '', heartbeatAt: now };
    if (!this.options.terminal) this.options.write(`${number}  ${step.title} ...\n`);
    this.timer = setInterval(() => this.tick(), this.options.terminal ? FRAME_MS : 1_000);
    this.timer.unref();
    this.tick();
  }

  public noted(text: string): void {
    if (this.current !== undefined) this.current.note = text;
  }

  public ended(result: StepResult): void {
    clearInterval(this.timer);
    const { paint } = this.options;
    const number = this.current?.number ?? '';
    const took = duration((result.endedAt - result.startedAt) / 1000).padStart(7);
    this.current = undefined;
    this.clearLine();
    if (result.outcome === 'done') this.options.write(`${paint.good('ok')}  ${number}  ${paint.strong(result.title)}  ${paint.faint(took.trim())}\n`);
    else this.options.write(`${paint.bad(result.outcome)}  ${number}  ${paint.strong(result.title)}  ${paint.faint(took.trim())}\n`);
    if (result.command !== undefined) this.options.write(`           ${paint.faint(`$ ${result.command}`)}\n`);
    if (result.detail !== '' && result.outcome !== 'interrupted') this.options.write(`           ${result.outcome === 'done' ? paint.faint(result.detail) : result.detail}\n`);
  }

  /** A line of talk between, or below, the steps. */
  public say(text: string): void {
    this.clearLine();
    this.options.write(`${text}\n`);
  }

  /** Leaves the line clean. */
  public close(): void {
    clearInterval(this.timer);
    this.clearLine();
    this.current = undefined;
  }

  private tick(): void {
    if (this.current === undefined) return;
    const now = this.options.now();
    const { title, number, startedAt, note } = this.current;
    const elapsed = duration((now - startedAt) / 1000);
    if (this.options.terminal) {
      const line = `${FRAMES[this.frame++ % FRAMES.length]}   ${number}  ${title}  ${elapsed}${note === '' ? '' : `  ${note}`}`;
      this.options.write(`\r\u001b[2K${line.slice(0, Math.max(20, this.options.columns() - 1))}`);
    } else if (now - this.current.heartbeatAt >= HEARTBEAT_MS) {
      this.current.heartbeatAt = now;
      this.options.write(`       still at it after ${elapsed}${note === '' ? '' : `: ${note}`}\n`);
    }
  }

  private clearLine(): void {
    if (this.options.terminal) this.options.write('\r\u001b[2K');
  }
}
