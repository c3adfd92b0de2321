/**
 * What core code uses of Node's `AbortController`, at a hundredth of its price: the simulated world makes millions. Installed
 * for the length of a run; the code under test is the same.
 */
type Listener = () => void;

class LightSignal {
  aborted = false;
  reason: unknown = undefined;
  private listeners: Listener[] | undefined;

  addEventListener(type: string, listener: Listener, options?: { once?: boolean; signal?: LightSignal }): void {
    if (type !== 'abort') throw new Error(`a signal tells of 'abort' only, got '${type}'`);
    if (this.aborted || options?.signal?.aborted) return;
    (this.listeners ??= []).push(listener);
    options?.signal?.addEventListener('abort', () => this.removeEventListener('abort', listener));
  }

  removeEventListener(_type: string, listener: Listener): void {
    const index = this.listeners?.indexOf(listener) ?? -1;
    if (index >= 0) this.listeners!.splice(index, 1);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const { listeners } = this;
    this.listeners = undefined;
    if (listeners) for (const listener of listeners) listener();
  }
}

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
