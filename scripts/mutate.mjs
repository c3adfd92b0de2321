// npm run mutate: StrykerJS over runtime/core, part by part. What survives must be listed, with its reason, in test/mutation/survivors.json.
// Flags: --only PART,FILE (as routes, controller/decide.ts)  --list (the parts)  --check (compares what was run before with the list)  --draft (adds what survives to the list, without reasons)
// A part that was ended before its end begins anew; one that was run costs only what has changed since.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parts } from './mutate/parts.mjs';
import { compare, figuresOf, LIST, listed, redrawn } from './mutate/survivors.mjs';
import { ROOT } from './setup.mjs';
import { Problem, runMain } from './setup/problem.mjs';

const FOLDER = '.local/mutation';

await runMain(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' }, check: { type: 'boolean' }, draft: { type: 'boolean' } } });
  const all = parts();
  const wanted = chosen(all, values.only?.split(','));
  if (values.list) {
    for (const [name, files] of wanted) console.log(`${name.padEnd(24)} ${files.length} files`);
    return 0;
  }
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  const reports = [];
  for (const [index, [name, files]] of [...wanted].entries()) {
    if (!values.check && !values.draft) {
      console.log(`${index + 1} of ${wanted.size}: ${name}`);
      if (!mutate(files, reportOf(name))) return 1;
    }
    const report = existsSync(join(ROOT, reportOf(name))) ? current(JSON.parse(readFileSync(join(ROOT, reportOf(name)), 'utf8')), files) : { files: {} };
    for (const file of files) if (!report.files[file]) console.log(`not run: ${file}`);
    reports.push([name, report]);
  }
  if (values.draft) draft(reports);
  printFigures(reports);
  const wrong = reports.flatMap(([, report]) => compare(report, listed()));
  for (const line of wrong) console.log(line);
  return wrong.length > 0 ? 1 : 0;
});

/** The parts that were asked for, or the files of them; all where nothing was. */
function chosen(all, only) {
  if (!only) return all;
  const found = new Map();
  for (const name of only) {
    const files = all.get(name) ?? [`runtime/core/${name}`];
    const part = [...all].find(([, its]) => its.includes(files[0]))?.[0];
    if (part === undefined) throw new Problem(`'--only' names no part and no file '${name}'; the parts are ${[...all.keys()].join(', ')}, and files are named as controller/decide.ts`);
    found.set(part, [...new Set([...(found.get(part) ?? []), ...files])]);
  }
  return found;
}

function reportOf(part) {
  return `${FOLDER}/${part}.json`;
}

function mutate(files, report) {
  forgetStatic(report, files);
  const command = [join(ROOT, 'node_modules/@stryker-mutator/core/bin/stryker.js'), 'run', '--mutate', files.join(','), '--incrementalFile', report, '--reporters', 'progress-append-only'];
  return spawnSync(process.execPath, command, { cwd: ROOT, stdio: 'inherit' }).status === 0;
}

/** StrykerJS does not see that a new test could kill a mutant of a constant at the top of a file: each that survived is tried again. */
function forgetStatic(path, files) {
  const place = join(ROOT, path);
  if (!existsSync(place)) return;
  const report = JSON.parse(readFileSync(place, 'utf8'));
  for (const [name, file] of Object.entries(report.files)) if (files.includes(name)) file.mutants = file.mutants.filter((mutant) => !(mutant.static && mutant.status === 'Survived'));
  writeFileSync(place, JSON.stringify(report));
}

/** A report without files that are gone. */
function current(report, files) {
  return { ...report, files: Object.fromEntries(Object.entries(report.files).filter(([file]) => files.includes(file))) };
}

/** Puts what the list lacks into it, for a person to give reasons, and takes out of it what does not survive. */
function draft(reports) {
  const list = reports.reduce((so, [, report]) => redrawn(report, so), listed());
  writeFileSync(join(ROOT, LIST), `${JSON.stringify(list, null, 1)}\n`);
}

function printFigures(reports) {
  const columns = ['mutants', 'killed', 'timedOut', 'survived', 'notCovered', 'others'];
  console.log(`| part | ${columns.join(' | ')} |\n| --- |${' --- |'.repeat(columns.length)}`);
  const rows = reports.map(([name, report]) => [name, figuresOf(report)]);
  const total = Object.fromEntries(columns.map((column) => [column, rows.reduce((sum, [, figures]) => sum + figures[column], 0)]));
  for (const [name, figures] of [...rows, ['all', total]]) console.log(`| ${name} | ${columns.map((column) => figures[column]).join(' | ')} |`);
}
