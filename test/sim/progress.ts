import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { noFigures, type Figures } from './figures';

/** Seeds `from` up to but not including `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How far a nightly search has come: plain data in a file, so that it can be stopped at any moment. */
export interface Progress {
  /** Of the bundle that runs: a state of other code says nothing of this one. */
  readonly code: string;
  readonly commit: string;
  readonly from: number;
  readonly minutes: number;
  /** Seeds below were given to a worker. */
  next: number;
  /** Given to a worker, and not known to be done. */
  open: Range[];
  seconds: number;
  figures: Figures;
}

export function codeOf(bundle: string): string {
  return createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16);
}

export function commitOf(): string {
  try {
    const dirty = execFileSync('git', ['status', '--porcelain'], { encoding: 'utf8' }).trim() !== '';
    return `${execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()}${dirty ? ' with changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** Where a search goes on, or begins. Throws where what is there is of another search. */
export function resume(file: string, { code, commit, from, minutes, anew }: { readonly code: string; readonly commit: string; readonly from: number; readonly minutes: number; readonly anew: boolean }): Progress {
  const fresh: Progress = { code, commit, from, minutes, next: from, open: [], seconds: 0, figures: noFigures() };
  if (anew || !existsSync(file)) return fresh;
  const found = JSON.parse(readFileSync(file, 'utf8')) as Progress;
  const other = found.code !== code ? `other code (commit ${found.commit})` : found.from !== from || found.minutes !== minutes ? `other seeds or minutes (from ${found.from}, ${found.minutes} minutes)` : undefined;
  if (other !== undefined) throw new RangeError(`'${file}' is of ${other} and has ${found.figures.schedules} schedules; go on there, or begin again with --anew`);
  if (found.figures.violations.length > 0)
    throw new RangeError(`'${file}' holds a violation of '${found.figures.violations[0].invariant}' by seed ${found.figures.violations[0].seed}; mend it, and begin again with --anew`);
  return found;
}

/** Whole or not at all. */
export function save(file: string, progress: Progress): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(progress));
  renameSync(`${file}.new`, file);
}

/** The next seeds: first what was under way when the search was stopped. */
export class Seeding {
  private readonly again: Range[];

  constructor(
    private readonly progress: Progress,
    private readonly end: number,
    private readonly batch: number,
  ) {
    this.again = [...progress.open];
  }

  take(): Range | undefined {
    const old = this.again.shift();
    if (old) return old;
    const { progress, end, batch } = this;
    if (progress.next >= end) return undefined;
    const range = { from: progress.next, to: Math.min(end, progress.next + batch) };
    progress.next = range.to;
    progress.open.push(range);
    return range;
  }

  done(range: Range): void {
    this.progress.open = this.progress.open.filter((one) => one.from !== range.from);
  }
}
