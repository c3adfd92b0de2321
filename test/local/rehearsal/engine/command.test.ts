import { mkdtempSync, readFileSync, rmSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { runCommand } from '../../../../local/rehearsal/engine/command';
import { descendants, stillRunning, type Process } from '../../../../local/rehearsal/engine/processes';
import { Interrupted, sleep } from '../../../../local/rehearsal/engine/wait';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function node(script: string, signal = new AbortController().signal, onLine?: (line: string) => void) {
  return runCommand({ command: process.execPath, args: ['-e', script], cwd: folder, env: { PATH: process.env.PATH }, signal, logFile: join(folder, 'log'), onLine });
}

/** A process that was killed just now may still be listed for a moment. */
async function gone(processes: readonly Process[]): Promise<void> {
  for (let tries = 0; tries < 40 && stillRunning(processes).length > 0; tries++) await sleep(25);
  expect(stillRunning(processes)).toEqual([]);
}

test('hands on both outputs line by line, also a last line that does not end', async () => {
  const seen: string[] = [];
  const result = await node('console.log("one"); process.stdout.write("two")', undefined, (line) => seen.push(line));

  expect(seen).toEqual(['one', 'two']);
  expect(result).toEqual({ code: 0, endedBy: null, tail: ['one', 'two'] });
});

test('answers with the status of a command that failed', async () => {
  expect(await node('console.error("no such stack"); process.exitCode = 3')).toEqual({ code: 3, endedBy: null, tail: ['no such stack'] });
});

test('answers with the signal that ended a command', async () => {
  expect(await node('process.kill(process.pid, "SIGTERM")')).toEqual({ code: null, endedBy: 'SIGTERM', tail: [] });
});

test('logs the command and its output', async () => {
  await node('console.log("one")');
  await sleep(50);

  expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(/^\$ .*node.* -e .*\none\n$/);
});

test('fails when there is no such command', async () => {
  await expect(runCommand({ command: join(folder, 'missing'), args: [], cwd: folder, env: {}, signal: new AbortController().signal, logFile: join(folder, 'log') })).rejects.toThrow('ENOENT');
});

/** A command that starts another one, neither of which ends or listens to SIGTERM. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  require('child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log('ready');
  setInterval(() => {}, 1000);
`;

test('leaves no process behind when interrupted, not even one that the command started', async () => {
  const controller = new AbortController();
  let started = descendants(process.pid);
  const running = node(STUBBORN, controller.signal, () => {
    setTimeout(() => {
      started = descendants(process.pid).filter((one) => one.command.includes('SIGTERM'));
      controller.abort();
    }, 300);
  });

  await expect(running).rejects.toThrow(Interrupted);
  expect(started).toHaveLength(2);
  await gone(started);
}, 15_000);

test('ends what a command leaves behind when it ends by itself', async () => {
  let started = descendants(process.pid);
  await node(`
    require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000) // left behind'], { stdio: 'inherit' });
    setTimeout(() => { console.log('ready'); }, 300);
    setTimeout(() => process.exit(0), 600);
  `, undefined, () => {
    started = descendants(process.pid).filter((one) => one.command.includes('// left behind') && !one.command.includes('child_process'));
  });

  expect(started).toHaveLength(1);
  await gone(started);
}, 15_000);

test('does not start when already interrupted', async () => {
  const controller = new AbortController();
  controller.abort();
  await expect(node('console.log(1)', controller.signal)).rejects.toThrow(Interrupted);
});
