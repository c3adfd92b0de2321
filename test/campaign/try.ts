import { CONTROL_REGIONS } from '../../lib/private/contract';
import { lineOf } from './acts';
import { judge } from './judge';
import { ORIGIN, pause, REGIONS, type CampaignEstate, type Operator } from './estate';
import { documentOf, runOperator, type Ended } from './operator';
import type { Act, Triple } from './triples';
import { Writer } from './writer';

export interface Verdict {
  readonly breaches: readonly string[];
  /** False where the run ended before it made so many requests: the fault never struck. */
  readonly struck: boolean;
  readonly code: number | undefined;
  readonly request?: string;
  readonly reruns: number;
}

/** Time runs so much faster in the operator's process: with more, answers of the local AWS would come too late. */
export const FACTOR = 8;
const RUN_MS = 90_000;
const MOST_RERUNS = 3;
const WRITE_EVERY_MS = 60;

/** Runs a verb, lets the fault strike at the point, judges, and runs the verb again until it has ended the job. */
export async function tryTriple(estate: CampaignEstate, { act, point, fault }: Triple, name: string): Promise<Verdict> {
  await estate.reset();
  await act.prepare?.(estate);
  const prefix = `t/${name.replace(/[^a-z0-9]+/gi, '-')}`;
  const since = Date.now();
  const before = await estate.active();
  const operator = await estate.operator();
  const writer = new Writer(estate.aws, estate.accessPoint, prefix);
  writer.start(WRITE_EVERY_MS);
  const hold = await estate.aws.control.hold({ caller: operator.accessKeyId, nth: point });
  const running = runOperator(estate.aws, operator, lineOf(estate, act), FACTOR);
  let second: Operator | undefined;
  let interfered: 'no' | 'done' | 'unknown' = 'no';
  try {
    const held = await Promise.race([hold.held(RUN_MS).catch(() => undefined), running.ended.then(() => undefined)]);
    if (held) {
      switch (fault) {
        case 'process kill':
          running.kill();
          await running.ended;
          await hold.release({ kind: point % 2 === 0 ? 'continue' : 'dropBefore' });
          break;
        case 'answer lost':
          await hold.release({ kind: 'dropAfter' });
          break;
        case 'delivered late':
          // Later than the caller waits for it.
          await hold.release({ kind: 'delay', ms: 2_500 });
          break;
        case 'endpoint dead': {
          const region = CONTROL_REGIONS.find((one) => one === held.region) ?? CONTROL_REGIONS[point % CONTROL_REGIONS.length];
          await estate.aws.control.setControlEndpoint(region, { kind: point % 2 === 0 ? 'refused' : 'blackhole' });
          await hold.release();
          break;
        }
        case 'Region dead':
          await estate.aws.control.setRegion(REGIONS.find((one) => one === held.region) ?? ORIGIN, { kind: point % 2 === 0 ? 'refused' : 'blackhole' });
          await hold.release();
          break;
        case 'credentials expired':
          await operator.expire();
          await hold.release();
          break;
        case 'second operator': {
          second = await estate.operator();
          const ended = await bounded(runOperator(estate.aws, second, ['routes', 'set', ...REGIONS.map((region) => `${region}=${region === 'eu-west-1' ? 'active' : 'passive'}`), '--manifest', estate.manifestFile, '--json', '--yes'], FACTOR));
          if (ended.code === 0 || ended.code === 5) interfered = 'done';
          else if (ended.code !== 3) interfered = 'unknown';
          await hold.release();
          break;
        }
      }
    } else {
      await hold.release().catch(() => undefined);
    }
    const ended = await bounded(running);
    const endedAt = Date.now();
    await pause(4 * WRITE_EVERY_MS);
    // Who judges must be able to look into every Region.
    await estate.aws.control.heal();
    const breaches = await judge(estate, writer, prefix, { act, ended, interfered, unseen: second !== undefined && (await wasOverBefore(estate, operator, second, since)), since, endedAt, before });
    const reruns = await rerun(estate, act, breaches);
    return { breaches, struck: held !== undefined, code: ended.code, request: held && `${held.operation} in ${held.region}`, reruns };
  } finally {
    running.kill();
    await writer.stop();
  }
}

/**
 * Nobody can see what comes after he has looked for the last time, and an act does not stand still because one of its requests does.
 * Its last look at the routes is the last thing that it does, one reading for each endpoint.
 */
async function wasOverBefore(estate: CampaignEstate, operator: Operator, second: Operator, since: number): Promise<boolean> {
  const submits = (await estate.callsOf(second, since)).filter(({ operation, status }) => /^Submit.*Routes$/.test(operation) && status === 200);
  if (submits.length === 0) return false;
  const landedAt = Math.min(...submits.map(({ time, ms }) => time + ms));
  const later = (await estate.callsOf(operator, since)).filter(({ time }) => time > landedAt);
  return later.length < CONTROL_REGIONS.length && later.every(({ operation }) => operation === 'GetMultiRegionAccessPointRoutes');
}

async function rerun(estate: CampaignEstate, act: Act, breaches: string[]): Promise<number> {
  const { target } = act;
  let last: Ended | undefined;
  for (let count = 1; count <= MOST_RERUNS; count++) {
    last = await bounded(runOperator(estate.aws, await estate.operator(), lineOf(estate, act), FACTOR));
    if (last.code === 0) {
      const active = await estate.active();
      if (target !== undefined && !(active.length === 1 && active[0] === target)) breaches.push(`a rerun said done, and routes are ${active.join(', ')}`);
      const left = await estate.fences();
      if (target !== undefined && left.length > 0) breaches.push(`a rerun said done, and left a fence in ${left.map(({ region }) => region).join(', ')}`);
      breaches.push(...((await act.breaches?.(estate, last)) ?? []).map((breach) => `a rerun: ${breach}`));
      return count;
    }
  }
  breaches.push(`no rerun ended it: exit code ${last?.code}, ${JSON.stringify(documentOf(last!) ?? last!.err).slice(0, 400)}`);
  return MOST_RERUNS;
}

/** A run that never ends is a breach of its own; it is killed. */
async function bounded(running: { readonly ended: Promise<Ended>; kill(): void }): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => { timer = setTimeout(resolve, RUN_MS, 'late'); });
  const first = await Promise.race([running.ended, late]);
  clearTimeout(timer);
  if (first !== 'late') return first;
  running.kill();
  throw new Error(`the operator's process had not ended after ${RUN_MS / 1000} s:\n${(await running.ended).err.slice(-1_000)}`);
}
