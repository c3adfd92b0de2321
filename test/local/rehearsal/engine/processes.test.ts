import { spawn } from 'child_process';
import { once } from 'events';
import { descendants, parseProcessTable, stillRunning } from '../../../../local/rehearsal/engine/processes';

const TABLE = parseProcessTable([
  '    1     0 Ss   /sbin/init',
  '  100     1 Sl   node main.ts',
  '  101   100 S    python launcher.py',
  '  102   101 S    node worker.js',
  '  103   100 Z    [node] <defunct>',
  '  200     1 S    node someone-elses.js',
].join('\n'));

test('finds what a process started, and what those started', () => {
  expect(descendants(100, TABLE).map((one) => one.pid).sort()).toEqual([101, 102]);
});

test('leaves out processes that have ended and wait for their parent', () => {
  expect(TABLE.map((one) => one.pid)).not.toContain(103);
});

test('does not take an id that another program has taken since for the old process', () => {
  const before = descendants(100, TABLE);
  const now = parseProcessTable('  101     1 S    cron\n  102     1 S    node worker.js');

  expect(stillRunning(before, now).map((one) => one.pid)).toEqual([102]);
});

test('sees a child of this process as long as it lives', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const found = descendants(process.pid).filter((one) => one.pid === child.pid);
  expect(found).toHaveLength(1);

  child.kill('SIGKILL');
  await once(child, 'close');
  expect(stillRunning(found)).toEqual([]);
});
