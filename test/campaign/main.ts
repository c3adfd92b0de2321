import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { seeded } from '../runtime/support/random';
import { ACTS, countPoints } from './acts';
import { CampaignEstate } from './estate';
import { nameOf, sampleOf, triplesOf } from './triples';
import { FACTOR, tryTriple, type Verdict } from './try';

/** A fresh local AWS now and then: what one try left in memory must not slow or hide another. */
const TRIES_PER_ESTATE = 100;

interface Line {
  readonly name: string;
  readonly verdict: Verdict;
}

/**
 * Tries many triples and writes a line for each; a run that was ended goes on where it was. A try mostly waits, for
 * endpoints that say nothing above all: several go on side by side, each on a local AWS of its own.
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      most: { type: 'string', default: '500' },
      results: { type: 'string', default: join(__dirname, '..', '..', '.local', 'campaign', 'results.ndjson') },
      only: { type: 'string' },
      workers: { type: 'string', default: '3' },
    },
  });
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 16) throw new RangeError(`'--workers' must be a whole number from 1 to 16, got '${values.workers}'`);
  mkdirSync(dirname(values.results), { recursive: true });
  const done = new Map(linesOf(values.results).map((line) => [line.name, line.verdict]));
  const random = seeded(Number(values.seed));
  const acts = ACTS.filter(({ name }) => (values.only === undefined ? true : values.only.split(',').includes(name)));
  const points = await withEstate((estate) => countPoints(estate, acts, FACTOR));
  const all = triplesOf(acts, points, random);
  // What was tried before is chosen first: a verb that makes one request more shuffles everything else.
  const known = all.filter((one) => done.has(nameOf(one)));
  const chosen = sampleOf([...known, ...all.filter((one) => !done.has(nameOf(one)))], Number(values.most));
  const left = chosen.filter((one) => !done.has(nameOf(one)));
  console.error(`${all.length} triples over ${[...points].map(([name, n]) => `${name} (${n} requests)`).join(', ')}; ${chosen.length} chosen with seed ${values.seed}, ${chosen.length - left.length} of them done before`);
  const began = Date.now();
  let count = 0;
  await Promise.all(Array.from({ length: workers }, async () => {
    while (left.length > 0) {
      await withEstate(async (estate) => {
        for (let tries = 0; tries < TRIES_PER_ESTATE && left.length > 0; tries++) {
          const triple = left.shift()!;
          const name = nameOf(triple);
          const verdict = await tryTriple(estate, triple, name).catch((error: Error): Verdict => ({ breaches: [error.message], struck: true, code: undefined, reruns: 0 }));
          done.set(name, verdict);
          appendFileSync(values.results, `${JSON.stringify({ name, verdict })}\n`);
          count++;
          const minutes = (Date.now() - began) / 60_000;
          console.error(`${String(done.size).padStart(4)}/${chosen.length}  ${verdict.breaches.length === 0 ? 'ok ' : 'BAD'}  ${name}${verdict.request ? ` (${verdict.request})` : ''}: exit ${verdict.code ?? 'killed'}, ended by ${verdict.reruns} more; ${(count / minutes).toFixed(1)} a minute`);
          for (const breach of verdict.breaches) console.error(`        ${breach}`);
        }
      });
    }
  }));
  const verdicts = chosen.map((one) => ({ triple: one, verdict: done.get(nameOf(one))! }));
  console.log(summary(verdicts));
  return verdicts.some(({ verdict }) => verdict.breaches.length > 0) ? 1 : 0;
}

async function withEstate<T>(work: (estate: CampaignEstate) => Promise<T>): Promise<T> {
  const estate = await CampaignEstate.start();
  try {
    return await work(estate);
  } finally {
    await estate.stop();
  }
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
}

function summary(verdicts: readonly { readonly triple: { readonly act: { readonly name: string }; readonly fault: string }; readonly verdict: Verdict }[]): string {
  const rows = new Map<string, { tried: number; struck: number; breached: number; codes: Map<string, number> }>();
  for (const { triple, verdict } of verdicts) {
    const key = `| ${triple.act.name} | ${triple.fault} |`;
    const row = rows.get(key) ?? { tried: 0, struck: 0, breached: 0, codes: new Map<string, number>() };
    row.tried++;
    if (verdict.struck) row.struck++;
    if (verdict.breaches.length > 0) row.breached++;
    const code = verdict.code === undefined ? 'killed' : String(verdict.code);
    row.codes.set(code, (row.codes.get(code) ?? 0) + 1);
    rows.set(key, row);
  }
  const lines = [...rows].sort().map(([key, { tried, struck, breached, codes }]) => `${key} ${tried} | ${struck} | ${[...codes].sort().map(([code, n]) => `${code}: ${n}`).join(', ')} | ${breached} |`);
  const breached = verdicts.filter(({ verdict }) => verdict.breaches.length > 0).length;
  return ['| verb | fault | tried | struck | exit codes | breaches |', '| --- | --- | --- | --- | --- | --- |', ...lines, '', `${verdicts.length} triples, ${verdicts.filter(({ verdict }) => verdict.struck).length} struck, ${breached} breached an invariant`].join('\n');
}

void main().then(
  (status) => process.exit(status),
  (error: Error) => {
    console.error(error.stack);
    process.exit(1);
  },
);
