/**
 * What core code uses of Node's `AbortController`, at a hundredth of its price: the simulated world makes millions. Installed
 * for the length of a run; the code under test is the same.
 */
type Listener = () => void;

class LightSignal {
  aborted = false;
  reason: unknown = undefined;
  /** Most have one at a time. */
  private first: Listener | undefined;
  private others: Listener[] | undefined;

  addEventListener(type: string, listener: Listener, options?: { once?: boolean; signal?: LightSignal }): void {
    if (type !== 'abort') throw new Error(`a signal tells of 'abort' only, got '${type}'`);
    if (this.aborted || options?.signal?.aborted) return;
    if (!this.first && !this.others) this.first = listener;
    else (this.others ??= []).push(listener);
    options?.signal?.addEventListener('abort', () => this.removeEventListener('abort', listener));
  }

  removeEventListener(_type: string, listener: Listener): void {
    if (this.first === listener) this.first = undefined;
    else if (this.others) {
      const index = this.others.indexOf(listener);
      if (index >= 0) this.others.splice(index, 1);
    }
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const { first, others } = this;
    this.first = undefined;
    this.others = undefined;
    first?.();
    if (others) for (const listener of others) listener();
  }
}

/** Of whoever is never told to end: nobody listens, so that nothing piles up. */
export const NEVER: AbortSignal = Object.assign(new LightSignal(), { addEventListener: () => undefined, removeEventListener: () => undefined }) as unknown as AbortSignal;

class LightController {
  readonly signal = new LightSignal();

  abort(reason?: unknown): void {
    this.signal.fire(reason ?? ABORTED);
  }
}

const ABORTED = Object.assign(new Error('this operation was aborted'), { name: 'AbortError' });

export function withLightAborts<T>(work: () => T): T {
  const scope = globalThis as unknown as { AbortController: unknown };
  const usual = scope.AbortController;
  scope.AbortController = LightController;
  try {
    return work();
  } finally {
    scope.AbortController = usual;
  }
}
