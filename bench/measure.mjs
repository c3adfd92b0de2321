import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** Runs one program to its end and answers with what the whole process took. */
export function measure(args, { cwd, env, probe }) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, ['--require', probe, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    let usage = '';
    let output = '';
    child.stdio[3].on('data', (chunk) => (usage += chunk));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => {
      if (status !== 0) reject(new Error(`'${args.join(' ')}' ended with ${status}: ${output.slice(-2000)}`));
      else resolve({ wallMs: performance.now() - startedAt, ...JSON.parse(usage), output });
    });
  });
}

/** Runs the contestants in turns, so that whatever else the machine does hits all alike; the first round warms caches and is not counted. */
export async function interleave(contestants, rounds, run) {
  const samples = Object.fromEntries(contestants.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of contestants) {
      const sample = await run(name);
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

export function median(values) {
  return quantile(values, 0.5);
}

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (at - low);
}

/** Ratio of two contestants, round by round: its median, and the middle half of its values. */
export function ratio(samples, base, key) {
  const ratios = samples.map((sample, i) => sample[key] / base[i][key]);
  return { median: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
}
