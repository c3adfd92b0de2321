/** Exit status after each signal: 128 and its number, as shells do. */
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof STATUS;

const controller = new AbortController();
let first: Signal | undefined;
let tell: ((name: Signal) => void) | undefined;

// From the moment that this file is loaded, so that no Ctrl-C ends us while something of ours still runs.
for (const name of Object.keys(STATUS) as Signal[]) {
  process.on(name, () => {
    if (first !== undefined) return;
    first = name;
    tell?.(name);
    controller.abort();
  });
}

/** Ctrl-C and its kin, turned into an orderly end. */
export const interrupt = {
  signal: controller.signal,
  /** Calls once, at the first signal; at once if that came already. */
  onFirst(callback: (name: Signal) => void): void {
    tell = callback;
    if (first !== undefined) callback(first);
  },
  /** Undefined where nobody interrupted. */
  status(): number | undefined {
    return first === undefined ? undefined : STATUS[first];
  },
};
