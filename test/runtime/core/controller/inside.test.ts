import type { ProbeResult } from '../../../../runtime/core/controller/ports';
import { observe } from '../../../../runtime/core/controller/tick';
import { MemoryLog } from '../../support/log';
import { A, SmallEstate } from './estate';

let estate: SmallEstate;
let log: MemoryLog;
beforeEach(() => {
  estate = new SmallEstate();
  log = new MemoryLog();
});
afterEach(async () => {
  estate.stop.abort();
  await estate.pass(60);
});

/** What a Region's own observer warned of in its first minutes. */
async function warnings(): Promise<string[]> {
  const self = { role: 'self', region: A } as const;
  void observe({ world: { ...estate.world(self), log }, policy: estate.policy, self, code: 'test' }, Infinity, estate.stop.signal);
  await estate.pass(120);
  return [...new Set(log.lines.filter(({ level }) => level === 'warn').map(({ message, fields }) => `${message}: ${String(fields.reason)}`))];
}

test("a Region's own observer that finds all well warns of nothing", async () => {
  await expect(warnings()).resolves.toEqual([]);
});

test.each<ProbeResult>([
  { kind: 'misconfigured', reason: 'AccessDenied' },
  { kind: 'blind', reason: 'ExpiredToken' },
])('warns where its own looks are $kind, since no voter counts that', async (result) => {
  estate.probe = () => result;
  await expect(warnings()).resolves.toEqual([`this Region could not be looked at from inside: ${(result as { reason: string }).reason}`]);
});

test('warns when its report is not taken', async () => {
  estate.table.fault = (call) => (call === 'put' ? 'dead' : undefined);
  await expect(warnings()).resolves.toEqual([expect.stringMatching(/^no report was written: /)]);
});
