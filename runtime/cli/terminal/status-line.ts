const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
const TICK_MS = 1_000;

/** Without a terminal a line now and then shows that a long step is still alive. */
export const HEARTBEAT_MS = 15_000;

const CLEAR = '\r\u001b[2K';
/** A terminal that says it has no width is still written to. */
const FEWEST_COLUMNS = 20;

/** Repeats something until it is stopped. */
export type Every = (milliseconds: number, act: () => void) => () => void;

const onTheMachine: Every = (milliseconds, act) => {
  const timer = setInterval(act, milliseconds);
  // A line that is redrawn must not keep the process alive.
  timer.unref();
  return () => clearInterval(timer);
};

export interface StatusLineOptions {
  readonly write: (text: string) => void;
  /** A terminal can be written over; anything else gets whole lines. */
  readonly live: boolean;
  readonly columns: () => number;
  readonly now: () => number;
  /** @default - the machine's timers */
  readonly every?: Every;
}

/** What is being done: one line that is redrawn on a terminal, a sign of life now and then elsewhere. */
export class StatusLine {
  private shown?: { readonly live: () => string; readonly heartbeat: () => string; heartbeatAt: number };
  private stopTicks: () => void = () => undefined;
  private frame = 0;

  constructor(private readonly options: StatusLineOptions) {}

  /** Shows from now on what `live` says, or elsewhere `heartbeat`; both are asked each time. */
  show(live: () => string, heartbeat: () => string): void {
    this.stopTicks();
    this.shown = { live, heartbeat, heartbeatAt: this.options.now() };
    this.stopTicks = (this.options.every ?? onTheMachine)(this.options.live ? FRAME_MS : TICK_MS, () => this.tick());
    this.tick();
  }

  /** Whole lines, above the one that is redrawn. */
  write(text: string): void {
    this.clear();
    this.options.write(text);
    if (this.options.live) this.tick();
  }

  /** Leaves the line clean, and is silent from then on. */
  stop(): void {
    this.stopTicks();
    this.shown = undefined;
    this.clear();
  }

  private tick(): void {
    if (this.shown === undefined) return;
    if (this.options.live) {
      const line = `${FRAMES[this.frame++ % FRAMES.length]}   ${this.shown.live()}`;
      this.options.write(`${CLEAR}${line.slice(0, Math.max(FEWEST_COLUMNS, this.options.columns() - 1))}`);
      return;
    }
    const now = this.options.now();
    if (now - this.shown.heartbeatAt < HEARTBEAT_MS) return;
    this.shown.heartbeatAt = now;
    this.options.write(`${this.shown.heartbeat()}\n`);
  }

  private clear(): void {
    if (this.options.live) this.options.write(CLEAR);
  }
}

/** `[#####-----]  50 %`; nothing where the end is not known. */
export function bar(done: number, of: number | undefined, width = 20): string {
  if (of === undefined || of <= 0) return '';
  const part = Math.min(1, Math.max(0, done / of));
  const full = Math.round(part * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}
