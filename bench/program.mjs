import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../scripts/setup.mjs';

/** Runs a program of this folder that is written in TypeScript, shows what it says, and answers with what it found. */
export function program(name, ...args) {
  return new Promise((resolve, reject) => {
    const line = ['--require', join(ROOT, 'node_modules/ts-node/register/index.js'), join(ROOT, 'bench', name), ...args.map(String)];
    const child = spawn(process.execPath, line, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(JSON.parse(output.trim().split('\n').at(-1)));
      else reject(new Error(`'bench/${name}' ended with ${status}`));
    });
  });
}
