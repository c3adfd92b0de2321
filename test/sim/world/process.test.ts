import { Process, type Hitch } from './process';
import { outsidePromises, Time } from './time';

function made(hitch?: Hitch, rate = 1) {
  const time = new Time();
  const hitches: Hitch[] = hitch ? [hitch] : [];
  return { time, process: new Process(time, { draw: () => hitches.shift() }, 'controller', 'p', 'us-east-1', { offset: 5_000, rate }) };
}

const wakesOf = (act: (process: Process, time: Time) => void, hitch?: Hitch, rate?: number) =>
  outsidePromises(() => {
    const { time, process } = made(hitch, rate);
    const wakes: number[] = [];
    void process.sleep(1_000).then(() => wakes.push(time.now));
    act(process, time);
    time.runUntil(100_000);
    return wakes;
  });

describe('a process', () => {
  test('sleeps by a clock of its own', async () => {
    expect(await wakesOf(() => undefined)).toEqual([1_000]);
    expect(await wakesOf(() => undefined, undefined, 1.25)).toEqual([800]);
  });

  test('that is frozen is reached by nothing before it thaws', async () => {
    expect(await wakesOf((process, time) => time.at(500, () => process.freeze(30_000)))).toEqual([30_500]);
  });

  test('that is dead is reached by nothing ever', async () => {
    expect(await wakesOf((process, time) => time.at(500, () => process.kill()))).toEqual([]);
  });

  test('tells the time of its freeze, unless its clock stood still too', () => {
    for (const [stops, shown] of [[false, 15_000], [true, 5_000]] as const) {
      const { time, process } = made();
      process.freeze(10_000, stops);
      time.runUntil(10_000);
      expect(process.now()).toBe(shown);
      expect(process.frozenMs).toBe(10_000);
    }
  });

  test.each<[Hitch | undefined, number[], boolean]>([
    [undefined, [100], true],
    [{ kind: 'killed before' }, [], false],
    [{ kind: 'killed after' }, [100], false],
    [{ kind: 'frozen before', forMs: 9_000, clockStops: false }, [9_100], true],
    [{ kind: 'frozen after', forMs: 9_000, clockStops: false }, [100], true],
  ])('sends a request with %j at %j', (hitch, sent, alive) => {
    const { time, process } = made(hitch);
    const left: number[] = [];
    time.at(100, () => {
      const drawn = process.hitch('submit routes');
      if (drawn) process.leave(drawn, () => left.push(time.now));
      else left.push(time.now);
    });
    time.runUntil(20_000);
    expect(left).toEqual(sent);
    expect(process.alive).toBe(alive);
  });

  test('gives up a sleep when its signal says so', async () => {
    const wakes = await outsidePromises(() => {
      const { time, process } = made();
      const seen: number[] = [];
      const controller = new AbortController();
      void process.sleep(10_000, controller.signal).then(() => seen.push(time.now));
      time.at(300, () => controller.abort());
      time.runUntil(20_000);
      return seen;
    });
    expect(wakes).toEqual([300]);
  });
});
