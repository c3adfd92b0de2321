// Start of the process to `read back`, with four of five control endpoints black-holed, against all of them well.
import { median, quantile } from './measure.mjs';
import { program } from './program.mjs';

/** Control endpoints, of which one lives. */
const CHOICES = 5;
/** In all, whatever the choice. */
const FAULTED_RUNS = 200;
const ROUNDS = FAULTED_RUNS / CHOICES;

export async function benchFailover({ rounds, say }) {
  const turns = rounds ?? ROUNDS;
  say(`routes moved, four of five control endpoints black-holed, ${turns} rounds of ${CHOICES} and one with all well`);
  const { samples } = await program('failover.ts', turns);
  const healthy = figures(samples.filter(({ living }) => living === undefined));
  const faulted = figures(samples.filter(({ living }) => living !== undefined));
  const living = [...new Set(samples.flatMap((sample) => sample.living ?? []))];
  return {
    healthy,
    faulted,
    choices: living.map((endpoint) => ({ endpoint, ...figures(samples.filter((sample) => sample.living === endpoint)) })),
    excess: { median: faulted.median - healthy.median, p99: faulted.p99 - healthy.median },
  };
}

function figures(samples) {
  const seconds = samples.map(({ ms }) => ms / 1_000);
  return { runs: seconds.length, median: median(seconds), p99: quantile(seconds, 0.99), least: Math.min(...seconds), most: Math.max(...seconds) };
}
