/** Exit status after each signal: 128 and its number, as shells do. */
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type InterruptSignal = keyof typeof STATUS;

const controller = new AbortController();
let first: InterruptSignal | undefined;
let count = 0;
let tell: ((name: InterruptSignal, time: number) => void) | undefined;

// From the moment that this file is loaded, so that no Ctrl-C ends us while something of ours still runs.
for (const name of Object.keys(STATUS) as InterruptSignal[]) {
  process.on(name, () => {
    count++;
    first ??= name;
    tell?.(name, count);
    controller.abort();
  });
}

/** Ctrl-C and its kin, turned into an orderly end. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Called at each signal, with how many there were; at once if one came already. */
  onEach(callback: (name: InterruptSignal, time: number) => void): void;
  /** Undefined where nobody interrupted. */
  status(): number | undefined;
}

export const interrupt: Interrupt = {
  signal: controller.signal,
  onEach(callback) {
    tell = callback;
    if (first !== undefined) callback(first, count);
  },
  status: () => (first === undefined ? undefined : STATUS[first]),
};
