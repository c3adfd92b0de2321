// What `npm test` runs. Each step is a program of its own; a test runner's step counts its tests, any other counts as one.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bin = (path) => ['node', `node_modules/${path}`];
const JEST = [...bin('jest/bin/jest.js'), '--ci'];
/** Every crash point, every interleaving: minutes of virtual time, and half a minute or more of a processor's. */
const SEARCHES = [
  'test/runtime/core/operate/failover/crash',
  'test/runtime/core/operate/failover/race',
  'test/runtime/core/operate/switchover/interrupted',
  'test/runtime/core/operate/switchover/two-operators',
  'test/runtime/core/operate/switchover/switchover.property',
  'test/sim/promise/',
  'test/sim/search/',
  'test/sim/progress.test',
  'test/sim/simulator.test',
];
const NOT_UNIT = ['/test/templates/', '/test/local/', '/test/e2e/', ...SEARCHES.map((path) => `/${path}`)];

/**
 * `unit`: part of the fast half. `alone`: measures time or fills the machine, so nothing runs beside it.
 * `after`: steps whose results this one uses; where one of them failed, this one fails without running.
 */
export const STEPS = [
  { name: 'bundle', title: 'handler bundles', unit: true, command: ['node', 'scripts/setup.mjs'] },
  { name: 'types', title: 'types', unit: true, command: [...bin('typescript/bin/tsc'), '-p', '.'] },
  { name: 'lint', title: 'eslint', unit: true, command: [...bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'] },
  { name: 'wall', title: 'walls between the rooms', unit: true, command: ['node', 'scripts/check-wall.mjs'] },
  { name: 'scripts', title: 'tests of the scripts', unit: true, kind: 'node', command: ['node', '--test', '--test-reporter', 'spec', ...scriptTests()] },
  { name: 'unit', title: 'unit tests', unit: true, kind: 'jest', after: ['bundle'], command: [...JEST, '--testPathIgnorePatterns', '/node_modules/', ...NOT_UNIT] },
  { name: 'searches', title: 'every crash point and interleaving', kind: 'jest', after: ['bundle'], command: [...JEST, ...SEARCHES] },
  { name: 'sim', title: '5,000 schedules of the simulator', after: ['bundle'], command: ['node', 'scripts/sim.mjs', '--schedules', '5000', '--workers', '1'] },
  { name: 'jsii', title: 'jsii compile', after: ['bundle'], command: ['node', 'scripts/check-jsii.mjs'] },
  { name: 'docs', title: 'code in README.md and doc comments', after: ['jsii'], command: ['node', 'scripts/check-docs.mjs'] },
  { name: 'api', title: 'API.md is up to date', after: ['jsii'], command: ['node', 'scripts/check-api.mjs'] },
  { name: 'templates', title: 'cdk-nag and cfn-lint', kind: 'jest', after: ['bundle'], command: [...JEST, 'test/templates/'] },
  { name: 'integ', title: 'integration snapshots', after: ['bundle'], command: ['node', 'scripts/check-integ.mjs'] },
  { name: 'bench', title: 'benchmark apps make the same resources', after: ['jsii'], command: ['node', 'scripts/check-bench.mjs'] },
  { name: 'package', title: 'the packed tarball, used from outside', after: ['jsii'], command: ['node', 'scripts/check-package.mjs'] },
  { name: 'local', title: 'tests on the local AWS', kind: 'jest', after: ['bundle'], alone: true, minutes: 25, command: [...JEST, '-w', '2', 'test/local/', 'test/e2e/'] },
];

/** Files by name: Node 20 knows folders and Node 22 patterns, and neither knows both. */
function scriptTests() {
  const folder = fileURLToPath(new URL('../../test/scripts/', import.meta.url));
  return readdirSync(folder).filter((file) => file.endsWith('.test.mjs')).map((file) => `test/scripts/${file}`);
}

/** Steps that a command line asks for, in their order. */
export function select(steps, { unit = false, only = [] } = {}) {
  const unknown = only.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) throw new RangeError(`'--only' names no step '${unknown.join("', '")}'; the steps are ${steps.map((step) => step.name).join(', ')}`);
  const wanted = new Set(only.length > 0 ? only : steps.filter((step) => !unit || step.unit).map((step) => step.name));
  // What a wanted step builds on is wanted too.
  for (const step of [...steps].reverse()) if (wanted.has(step.name)) for (const name of step.after ?? []) wanted.add(name);
  return steps.filter((step) => wanted.has(step.name));
}
