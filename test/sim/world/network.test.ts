import { Network } from './network';

describe('the network', () => {
  test('is cut one way at a time', () => {
    const network = new Network(['a', 'b']);
    network.cut('a', 'b');
    expect([network.passes('a', 'b'), network.passes('b', 'a'), network.both('b', 'a')]).toEqual([false, true, false]);
  });

  test('passes again when the last of two cuts is mended', () => {
    const network = new Network(['a', 'b']);
    network.cut('a', 'b');
    network.cut('a', 'b');
    network.mend('a', 'b');
    expect(network.passes('a', 'b')).toBe(false);
    network.mend('a', 'b');
    expect(network.passes('a', 'b')).toBe(true);
  });

  test('fails when a way is mended that is not cut, or a place does not exist', () => {
    const network = new Network(['a', 'b']);
    expect(() => network.mend('a', 'b')).toThrow(/is not cut/);
    expect(() => network.passes('a', 'c')).toThrow(/no such place: c/);
  });
});
