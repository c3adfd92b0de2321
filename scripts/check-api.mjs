// Fails where API.md is not what the library's doc comments say today.
import { readFile } from 'node:fs/promises';
import { API_FILE, generateApi } from './build/api.mjs';
import { runMain } from './setup/problem.mjs';

await runMain(async () => {
  const [wanted, found] = await Promise.all([generateApi(), readFile(API_FILE, 'utf8').catch(() => '')]);
  if (wanted === found) return 0;
  const at = wanted.split('\n').findIndex((line, i) => line !== found.split('\n')[i]);
  console.log(`API.md is out of date from line ${at + 1}; run 'npm run build' and commit it`);
  return 1;
});
