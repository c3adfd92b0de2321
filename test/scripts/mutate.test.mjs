import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parts } from '../../scripts/mutate/parts.mjs';
import { compare, figuresOf, listed, redrawn, stale, survivorsOf } from '../../scripts/mutate/survivors.mjs';
import { ROOT } from '../../scripts/setup.mjs';

const FILE = 'runtime/core/a.ts';
const SOURCE = 'export function a(b: number) {\n  if (b > 1 &&\n    b < 3) return b;\n  return 0;\n}\n';
const mutant = (status, from, to, replacement) => ({ mutatorName: 'ConditionalExpression', status, replacement, location: { start: { line: 2, column: from }, end: to } });
const SURVIVOR = { line: 'if (b > 1 &&', mutator: 'ConditionalExpression', original: 'b > 1', replacement: 'true' };
const LISTED = { ...SURVIVOR, reason: 'nobody asks for it' };

function report(...mutants) {
  return { files: { [FILE]: { source: SOURCE, mutants } } };
}
const alive = () => mutant('Survived', 7, { line: 2, column: 12 }, 'true');

test('a survivor is known by its text, over several lines too, and not by its place', () => {
  assert.deepEqual(survivorsOf(report(alive(), mutant('NoCoverage', 7, { line: 3, column: 10 }, 'false'))), {
    [FILE]: [SURVIVOR, { ...SURVIVOR, original: 'b > 1 &&\n    b < 3', replacement: 'false' }],
  });
  const moved = report(alive());
  moved.files[FILE].source = `\n${SOURCE}`;
  moved.files[FILE].mutants[0].location = { start: { line: 3, column: 7 }, end: { line: 3, column: 12 } };
  assert.deepEqual(compare(moved, { [FILE]: [LISTED] }), []);
});

test('what was killed, timed out or could not run is no survivor', () => {
  assert.deepEqual(survivorsOf(report(...['Killed', 'Timeout', 'RuntimeError', 'CompileError'].map((status) => ({ ...alive(), status })))), { [FILE]: [] });
});

test('fails when a survivor is not listed', () => {
  assert.match(compare(report(alive()), {}).join(), /^runtime\/core\/a\.ts: survives and is not listed: ConditionalExpression of 'b > 1' to 'true' in 'if \(b > 1 &&'$/);
});

test('fails when two of the same text survive, and one is listed', () => {
  assert.equal(compare(report(alive(), alive()), { [FILE]: [LISTED] }).length, 1);
  assert.equal(compare(report(alive(), alive()), { [FILE]: [LISTED, LISTED] }).length, 0);
});

test('fails when a listed one does not survive', () => {
  assert.match(compare(report({ ...alive(), status: 'Killed' }), { [FILE]: [LISTED] }).join(), /is listed and does not survive/);
});

test('says nothing of files that were not run', () => {
  assert.deepEqual(compare(report(alive()), { [FILE]: [LISTED], 'runtime/core/b.ts': [LISTED] }), []);
});

test('a list drawn anew keeps the reasons that it has, and asks for the others', () => {
  const again = redrawn(report(alive(), mutant('Survived', 7, { line: 2, column: 12 }, 'false')), { [FILE]: [LISTED, { ...LISTED, replacement: 'gone' }] });
  assert.deepEqual(again, { [FILE]: [LISTED, { ...SURVIVOR, replacement: 'false', reason: '' }] });
});

test('fails when the text of a listed one is gone, its file is gone, or it has no reason', () => {
  const source = () => SOURCE;
  assert.deepEqual(stale({ [FILE]: [LISTED] }, source), []);
  assert.match(stale({ [FILE]: [{ ...LISTED, line: 'if (c > 1 &&' }] }, source).join(), /its text is gone/);
  assert.match(stale({ [FILE]: [{ ...LISTED, original: 'c > 1' }] }, source).join(), /its text is gone/);
  assert.match(stale({ [FILE]: [LISTED] }, () => undefined).join(), /is gone/);
  assert.match(stale({ [FILE]: [{ ...LISTED, reason: '' }] }, source).join(), /has no reason/);
});

test('counts each mutant once', () => {
  const ends = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'];
  assert.deepEqual(figuresOf(report(...ends.map((status) => ({ ...alive(), status })))), { mutants: 6, killed: 2, timedOut: 1, survived: 1, notCovered: 1, others: 1 });
});

test('each file of runtime/core is in one part', () => {
  const files = [...parts().values()].flat();
  assert.equal(new Set(files).size, files.length);
  for (const file of ['runtime/core/ports.ts', 'runtime/core/controller/tell/message.ts', 'runtime/core/operate/call.ts', 'runtime/core/operate/doctor/checks/fence.ts']) assert.ok(files.includes(file), file);
});

test('each survivor that is listed still stands in its file, with its reason', () => {
  const list = listed();
  assert.ok(Object.keys(list).length > 0);
  const wrong = stale(list, (file) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), 'utf8') : undefined));
  assert.deepEqual(wrong, []);
});
