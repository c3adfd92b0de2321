import type * as z from 'zod';
import { CallError } from '../../calls/call-error';
import { Explained } from '../../calls/explained';
import { atOnce } from '../compare/at-once';
import { Stopped } from '../compare/attempt';
import type { Compared } from '../compare/compare';
import type { Finding } from '../compare/finding';
import type { LookAgain } from '../compare/look-again';
import { PARALLEL_LOOKS } from '../compare/missing';
import type { Suspect } from '../compare/suspect';
import { findingSchema, suspectSchema, type PairProgress } from './job';
import { suspectsName } from './list';
import type { Saver } from './saver';

export interface LookOptions {
  readonly pair: number;
  readonly progress: PairProgress;
  readonly saver: Saver;
  readonly again: LookAgain;
  /** Called for each block, with how many suspects were looked at. */
  readonly looked: (suspects: number) => void;
}

export const findingsName = (pair: number, round: number) => `findings-${pair}-${round}`;

/** Suspects of which each is looked at before the next of them are read. */
const BLOCK = 256;

/** What was counted on must be there, and all of it: a list that has lost its lines reads as one without a finding. */
export async function mustHoldAll(saver: Saver, pair: number, { ranges, looked, rounds }: PairProgress): Promise<void> {
  for (const [index, { end }] of ranges.entries()) await (await saver.log(suspectsName(pair, index))).cutTo(end);
  await (await saver.log(findingsName(pair, rounds))).cutTo(looked.end);
}

/** Looks again at every suspect that was not looked at yet, and keeps what is confirmed. */
export async function lookAtSuspects(options: LookOptions): Promise<Compared> {
  const { pair, progress, saver, again } = options;
  const { looked } = progress;
  const findings = await saver.log(findingsName(pair, 0));
  return incompleteOn(saver, async () => {
    for (; looked.range < progress.ranges.length; looked.range++, looked.from = 0) {
      const log = await saver.log(suspectsName(pair, looked.range));
      for await (const { lines, end } of log.read(looked.from, BLOCK)) {
        const found = await atOnce(lines.map(parseSuspect), PARALLEL_LOOKS, (suspect) => again.at(suspect));
        looked.end = await saver.append(findings, linesOf(found));
        looked.from = end;
        options.looked(lines.length);
        await saver.soon();
      }
    }
    looked.done = true;
  });
}

/** Looks once more at findings that may settle by themselves, and keeps the others as they are. A round that is cut short counts for nothing. */
export async function lookAtFindings(options: LookOptions, settles: (finding: Finding) => boolean): Promise<Compared> {
  const { pair, progress, saver, again } = options;
  const before = await saver.log(findingsName(pair, progress.rounds));
  const after = await saver.log(findingsName(pair, progress.rounds + 1));
  await after.cutTo(0);
  let end = 0;
  return incompleteOn(saver, async () => {
    for await (const { lines } of before.read(0, BLOCK)) {
      const found = await atOnce(lines.map(parseFinding), PARALLEL_LOOKS, async (finding) => (settles(finding) ? again.at(suspectOf(finding)) : finding));
      end = await saver.append(after, linesOf(found));
      options.looked(lines.length);
    }
    progress.rounds++;
    progress.looked.end = end;
  });
}

/** What was found last, in the order of the keys. */
export async function* findingsOf(saver: Saver, pair: number, progress: PairProgress): AsyncGenerator<Finding> {
  const log = await saver.log(findingsName(pair, progress.rounds));
  for await (const { lines } of log.read(0, BLOCK)) for (const line of lines) yield parseFinding(line);
}

async function incompleteOn(saver: Saver, work: () => Promise<void>): Promise<Compared> {
  try {
    await work();
    return { complete: true };
  } catch (error) {
    if (error instanceof CallError || error instanceof Stopped) return { complete: false, why: error.message };
    throw error;
  } finally {
    await saver.now();
  }
}

const linesOf = (found: readonly (Finding | undefined)[]) => found.flatMap((finding) => (finding ? [JSON.stringify(finding)] : []));

export function suspectOf(finding: Finding): Suspect {
  switch (finding.kind) {
    case 'missing':
      return { kind: 'lacking', version: finding.version, in: finding.in, lackedBy: finding.lackedBy };
    case 'differs':
      return { kind: 'differing', key: finding.key, current: finding.current };
    case 'superseded':
      return { kind: 'overtaken', older: finding.older.version, newer: finding.newer.version };
  }
}

const parseSuspect = (line: string): Suspect => parse(suspectSchema, line);
const parseFinding = (line: string): Finding => parse(findingSchema, line);

function parse<T>(schema: z.ZodType<T>, line: string): T {
  let why: string;
  try {
    const parsed = schema.safeParse(JSON.parse(line));
    if (parsed.success) return parsed.data;
    why = parsed.error.issues[0].message;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new Explained(`what was found before cannot be read (${why}); begin anew, without '--resume'`);
}
