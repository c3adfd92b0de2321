import { hash, Ledger } from '../../../../local/rehearsal/traffic/ledger';

test('gives every write content of its own, the same in every run', () => {
  const [one, two] = [new Ledger(), new Ledger()];
  const first = one.intend((id) => `key-${id}`);
  const second = one.intend((id) => `key-${id}`);

  expect(second.sha256).not.toBe(first.sha256);
  expect(two.intend((id) => `key-${id}`)).toEqual(first);
  expect(first.sha256).toBe(hash('sha256', first.body));
});

test('knows a write by key and content, quoted ETag or not, and not by its version', () => {
  const ledger = new Ledger();
  const first = ledger.intend(() => 'shared');
  const second = ledger.intend(() => 'shared');

  expect(ledger.idOf('shared', `"${first.md5}"`)).toBe(1);
  expect(ledger.idOf('shared', second.md5)).toBe(2);
  expect(ledger.idOf('other', first.md5)).toBeUndefined();
});

test('knows bytes that it never wrote under a key', () => {
  const ledger = new Ledger();
  const intent = ledger.intend(() => 'key');

  expect(ledger.isOurs('key', intent.body)).toBe(true);
  expect(ledger.isOurs('key', Buffer.from('torn'))).toBe(false);
  expect(ledger.isOurs('other', intent.body)).toBe(false);
});

test('records each attempt as it ends', () => {
  const records: unknown[] = [];
  const ledger = new Ledger((record) => records.push(record));
  const { id, key, md5, sha256 } = ledger.intend(() => 'key');
  ledger.wrote({ id, key, md5, sha256, startedAt: 0, endedAt: 5, outcome: 'failed', error: 'connection refused' });
  ledger.read({ key, startedAt: 0, endedAt: 5, outcome: 'missing' });

  expect(records).toMatchObject([{ kind: 'write', outcome: 'failed' }, { kind: 'read', outcome: 'missing' }]);
  expect(ledger.acknowledged).toEqual([]);
});
