// npm start: sets up, then runs the rehearsal; arguments, signals and exit status pass through.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  await setUp();
  const register = join(ROOT, 'node_modules', 'ts-node', 'register', 'index.js');
  const child = spawn(process.execPath, ['--require', register, join(ROOT, 'local', 'rehearsal', 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, TS_NODE_PROJECT: join(ROOT, 'tsconfig.json') },
  });
  // A terminal sends Ctrl-C to the child as well: stay until it has put its own processes away.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]));
  });
});
