import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../setup.mjs';

export const LIST = 'test/mutation/survivors.json';
const ALIVE = ['Survived', 'NoCoverage'];

/** Survivors by file, as they are listed: each by its text, so that a line above it changes nothing. */
export function listed() {
  return JSON.parse(readFileSync(join(ROOT, LIST), 'utf8'));
}

/** Survivors of a report of StrykerJS, by file, in the form of the list, without reasons. */
export function survivorsOf(report) {
  return Object.fromEntries(
    Object.entries(report.files).map(([file, { source, mutants }]) => [file, mutants.filter(({ status }) => ALIVE.includes(status)).sort(byPlace).map((mutant) => entryOf(source, mutant))]),
  );
}

function byPlace({ location: { start: one } }, { location: { start: other } }) {
  return one.line - other.line || one.column - other.column;
}

function entryOf(source, { mutatorName, replacement, location: { start, end } }) {
  const lines = source.split('\n');
  const at = ({ line, column }) => lines.slice(0, line - 1).reduce((length, text) => length + text.length + 1, 0) + column - 1;
  return { line: lines[start.line - 1].trim(), mutator: mutatorName, original: source.slice(at(start), at(end)), replacement };
}

/** What a run says that the list does not, and what the list says that the run does not; only of files that were run. */
export function compare(report, list) {
  const wrong = [];
  for (const [file, alive] of Object.entries(survivorsOf(report))) {
    const open = [...(list[file] ?? [])];
    for (const survivor of alive) {
      const index = open.findIndex((entry) => same(entry, survivor));
      if (index < 0) wrong.push(`${file}: survives and is not listed: ${sentence(survivor)}`);
      else open.splice(index, 1);
    }
    for (const entry of open) wrong.push(`${file}: is listed and does not survive: ${sentence(entry)}`);
  }
  return wrong;
}

/** The list as a report would have it: what it lacks without a reason, and nothing that does not survive. */
export function redrawn(report, list) {
  const files = { ...list };
  for (const [file, alive] of Object.entries(survivorsOf(report))) {
    const open = [...(list[file] ?? [])];
    files[file] = alive.map((survivor) => {
      const index = open.findIndex((entry) => same(entry, survivor));
      return index < 0 ? { ...survivor, reason: '' } : open.splice(index, 1)[0];
    });
  }
  return Object.fromEntries(Object.entries(files).filter(([, entries]) => entries.length > 0).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What is wrong with the list by itself, without a run: a text that is gone, or a reason that is missing. */
export function stale(list, sourceOf) {
  const wrong = [];
  for (const [file, entries] of Object.entries(list)) {
    const source = sourceOf(file);
    if (source === undefined) wrong.push(`${file}: is gone`);
    else {
      const lines = new Set(source.split('\n').map((line) => line.trim()));
      for (const entry of entries) {
        if (!lines.has(entry.line) || !source.includes(entry.original)) wrong.push(`${file}: its text is gone: ${sentence(entry)}`);
        if (typeof entry.reason !== 'string' || !/\w+ \w+/.test(entry.reason)) wrong.push(`${file}: has no reason: ${sentence(entry)}`);
      }
    }
  }
  return wrong;
}

function same(one, other) {
  return ['line', 'mutator', 'original', 'replacement'].every((key) => one[key] === other[key]);
}

function sentence({ line, mutator, original, replacement }) {
  const short = (text) => (text.length > 60 ? `${text.slice(0, 60)}...` : text).replaceAll('\n', ' ');
  return `${mutator} of '${short(original)}' to '${short(replacement)}' in '${short(line)}'`;
}

/** How many mutants of a report had which end. */
export function figuresOf(report) {
  const count = { mutants: 0, killed: 0, timedOut: 0, survived: 0, notCovered: 0, others: 0 };
  const names = { Killed: 'killed', Timeout: 'timedOut', Survived: 'survived', NoCoverage: 'notCovered' };
  for (const { mutants } of Object.values(report.files)) {
    for (const { status } of mutants) {
      count.mutants += 1;
      count[names[status] ?? 'others'] += 1;
    }
  }
  return count;
}
