import { lazily } from '../../../runtime/cli/lazily';

interface Port {
  readonly region: string;
  read(key: string): Promise<string>;
}

function port(load = async () => ({ region: 'loaded', read: async (key: string) => `read ${key}` })) {
  let loads = 0;
  const made = lazily<Port>({ region: 'eu-west-1' }, async () => (loads++, load()));
  return { made, loads: () => loads };
}

test('what is known needs no loading', () => {
  const { made, loads } = port();
  expect([made.region, loads()]).toEqual(['eu-west-1', 0]);
});

test('is loaded once, when it is first called', async () => {
  const { made, loads } = port();
  expect(await Promise.all([made.read('a'), made.read('b')])).toEqual(['read a', 'read b']);
  expect(loads()).toBe(1);
});

test('can be awaited, and be the answer of an asynchronous function, without being loaded', async () => {
  const { made, loads } = port();
  expect(await (async () => made)()).toBe(made);
  expect(loads()).toBe(0);
});

test('a call fails when it cannot be loaded', async () => {
  const { made } = port(() => Promise.reject(new Error('no credentials')));
  await expect(made.read('a')).rejects.toThrow('no credentials');
});
