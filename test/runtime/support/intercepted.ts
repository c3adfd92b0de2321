import type { OperateWorld } from '../../../runtime/core/operate/act/world';

/** What becomes of one call: it goes on, it is never sent, or it is done and nobody hears of it. */
export type Fate = 'goes on' | 'never sent' | 'never answered';

/** Asked before each call of a world, counted from 1; may take its time, or let somebody else act meanwhile. */
export type Intercept = (count: number, call: string) => Fate | Promise<Fate>;

/** A world each of whose requests passes a test first: where a process dies, or another operator gets in between. */
export function intercepted(world: OperateWorld, intercept: Intercept): OperateWorld {
  let count = 0;
  const never = () => new Promise<never>(() => undefined);
  const pass = async <T>(call: string, send: () => Promise<T>): Promise<T> => {
    const fate = await intercept(++count, call);
    if (fate === 'goes on') return send();
    if (fate === 'never answered') void send().catch(() => undefined);
    return never();
  };
  const around = <T extends object>(object: T, name: string): T =>
    new Proxy(object, {
      get(target, member) {
        const value = Reflect.get(target, member) as unknown;
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => pass(`${name} ${String(member)}`, () => (value as (...all: unknown[]) => Promise<unknown>).apply(target, given));
      },
    });
  return {
    ...world,
    endpoints: world.endpoints.map((endpoint) => around(endpoint, endpoint.region)),
    buckets: (region) => around(world.buckets(region), region),
    probe: around(world.probe, 'probe'),
    metrics: around(world.metrics, 'metrics'),
  };
}

/** A process that is killed at its n-th request: that one is sent or not, and from then on it does nothing, not even wake. */
export function mortal(world: OperateWorld, dies: number, last: Exclude<Fate, 'goes on'>): { readonly world: OperateWorld; readonly dead: () => boolean } {
  let dead = false;
  const clock = {
    now: () => world.clock.now(),
    sleep: async (milliseconds: number, signal?: AbortSignal) => {
      await world.clock.sleep(milliseconds, signal);
      if (dead) await new Promise<never>(() => undefined);
    },
  };
  const intercept: Intercept = (count) => {
    if (dead) return 'never sent';
    if (count < dies) return 'goes on';
    dead = true;
    return last;
  };
  return { world: intercepted({ ...world, clock }, intercept), dead: () => dead };
}
