import { HEARTBEAT_EVERY_MS } from '../../../../lib/private/controller-contract';
import { Heart } from '../../../../runtime/core/controller/heart';
import { VirtualClock } from '../../support/virtual-clock';
import { A, SmallEstate } from './estate';

let estate: SmallEstate;
afterEach(async () => {
  estate.stop.abort();
  await estate.pass(60);
});

/** How often the Region's own observer asked to write, in the minutes after it began; each write makes the heartbeat young. */
async function beats(minutes: number, processes = 1): Promise<number[]> {
  estate = new SmallEstate();
  const at: number[] = [];
  estate.beat = () => {
    const last = at.at(-1);
    const now = estate.clock.now();
    if (last !== undefined && now - last < 60_000) return now - last;
    at.push(now);
    return 0;
  };
  for (let minute = 0; minute < minutes; minute++) {
    if (minute < processes) estate.start([{ role: 'self', region: A }]);
    await estate.pass(60);
  }
  return at;
}

test('a Region\'s own observer writes a heartbeat once a minute', async () => {
  const at = await beats(10);
  expect(at).toHaveLength(10);
  expect(Math.max(...at.slice(1).map((one, index) => one - at[index]))).toBeLessThan(70_000);
});

test('processes that take over from each other write no more of them', async () => {
  await expect(beats(10, 10)).resolves.toHaveLength(10);
});

test('a voter writes none', async () => {
  estate = new SmallEstate();
  let asked = 0;
  estate.beat = () => asked++;
  estate.startVoters();
  await estate.pass(300);
  expect(asked).toBe(0);
});

test('a heartbeat that is not taken is tried again at the next tick, and keeps no report back', async () => {
  estate = new SmallEstate();
  let asked = 0;
  estate.beat = () => {
    asked++;
    throw new Error('no');
  };
  estate.start([{ role: 'self', region: A }]);
  await estate.pass(95);
  expect(asked).toBe(9);
  expect(estate.table.puts.length).toBeGreaterThanOrEqual(9);
});

test('asks the bucket when the heartbeat that it knows of is a minute old, and not before', async () => {
  const clock = new VirtualClock();
  const asked: number[] = [];
  const heart = new Heart({ clock, heartbeats: { beat: async () => (asked.push(clock.now()), 20_000), lagMs: async () => undefined } }, A);
  for (const at of [5_000, 6_000, 5_000 + HEARTBEAT_EVERY_MS - 20_001, 5_000 + HEARTBEAT_EVERY_MS - 20_000]) {
    await clock.pass(at - clock.now());
    await clock.run(() => heart.beat(new AbortController().signal));
  }
  expect(asked).toEqual([5_000, 5_000 + HEARTBEAT_EVERY_MS - 20_000]);
});
