// Checks the walls between the rooms, and that breaking one is seen: by dependency-cruiser and by eslint, both.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './setup.mjs';

const ROOMS = ['lib', 'runtime', 'local', 'bin', 'test'];

/** One planted breach each: what is written where, and which rule of which tool must see it. */
const BREACHES = [
  { file: 'lib/a.ts', text: "import '../runtime/core/ok';", cruiser: 'lib-imports-lib-only', eslint: 'no-restricted-imports' },
  { file: 'lib/b.ts', text: "import '../local/ok';", cruiser: 'lib-imports-lib-only', eslint: 'no-restricted-imports' },
  { file: 'lib/c.ts', text: "import '@aws-sdk/client-s3';", cruiser: 'lib-depends-on-cdk-only', eslint: 'no-restricted-imports' },
  { file: 'lib/d.ts', text: "import './e';" , cruiser: 'no-circular' },
  { file: 'lib/g.ts', text: "import 'aws-cdk-lib/aws-s3';", eslint: 'no-restricted-imports' },
  { file: 'lib/private/f.ts', text: "import '../../runtime/handlers/ok';", cruiser: 'lib-imports-lib-only', eslint: 'no-restricted-imports' },
  { file: 'runtime/handlers/a.ts', text: "import '../../lib/ok';", cruiser: 'runtime-imports-contract-only', eslint: 'no-restricted-imports' },
  { file: 'runtime/handlers/b.ts', text: "import '../../lib/private/ok';", cruiser: 'runtime-imports-contract-only', eslint: 'no-restricted-imports' },
  { file: 'runtime/handlers/c.ts', text: "import 'aws-cdk-lib';", cruiser: 'runtime-knows-no-cdk', eslint: 'no-restricted-imports' },
  { file: 'runtime/handlers/d.ts', text: "import '../../local/ok';", cruiser: 'product-imports-no-local', eslint: 'no-restricted-imports' },
  { file: 'runtime/aws/a.ts', text: "import '../handlers/ok';", cruiser: 'aws-knows-no-handler' },
  { file: 'runtime/core/a.ts', text: "import '@aws-sdk/client-s3';", cruiser: 'core-is-pure', eslint: 'no-restricted-imports' },
  { file: 'runtime/core/b.ts', text: "import '../aws/ok';", cruiser: 'core-is-pure', eslint: 'no-restricted-imports' },
  { file: 'runtime/core/c.ts', text: "import 'node:timers/promises';", cruiser: 'core-is-pure', eslint: 'no-restricted-imports' },
  { file: 'runtime/core/d.ts', text: "import 'node:perf_hooks';", cruiser: 'core-is-pure', eslint: 'no-restricted-imports' },
  { file: 'runtime/core/e.ts', text: "import { randomUUID } from 'node:crypto';\nrandomUUID();", eslint: 'no-restricted-imports' },
  { file: 'runtime/core/f.ts', text: 'Date.now();', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/g.ts', text: 'new Date();', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/h.ts', text: 'setTimeout(() => {}, 1);', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/i.ts', text: 'Math.random();', eslint: 'no-restricted-properties' },
  { file: 'runtime/core/j.ts', text: 'process.env.HOME;', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/k.ts', text: 'performance.now();', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/l.ts', text: 'crypto.randomUUID();', eslint: 'no-restricted-globals' },
  { file: 'runtime/core/m.ts', text: "import '../cli/ok';", cruiser: 'product-imports-no-cli', eslint: 'no-restricted-imports' },
  { file: 'runtime/aws/b.ts', text: "import '../cli/ok';", cruiser: 'product-imports-no-cli', eslint: 'no-restricted-imports' },
  { file: 'runtime/handlers/e.ts', text: "import '../cli/ok';", cruiser: 'product-imports-no-cli', eslint: 'no-restricted-imports' },
  { file: 'runtime/cli/a.ts', text: "import '../handlers/ok';", cruiser: 'cli-knows-no-handler', eslint: 'no-restricted-imports' },
  { file: 'runtime/cli/b.ts', text: "import '../../local/ok';", cruiser: 'product-imports-no-local', eslint: 'no-restricted-imports' },
  { file: 'runtime/cli/c.ts', text: "import '../../lib/ok';", cruiser: 'runtime-imports-contract-only', eslint: 'no-restricted-imports' },
  { file: 'bin/a.ts', text: "import '../test/ok';", cruiser: 'product-imports-no-local' },
  { file: 'test/a.ts', text: "test.only('x', () => {});", eslint: 'no-restricted-syntax' },
  { file: 'test/b.ts', text: "describe.skip('x', () => {});", eslint: 'no-restricted-syntax' },
  { file: 'test/c.ts', text: "it.skip.each([1])('x', () => {});", eslint: 'no-restricted-syntax' },
  { file: 'test/d.ts', text: "// @ts-ignore\nexport const x: string = 1;", eslint: '@typescript-eslint/ban-ts-comment' },
];

/** Imports that the walls let through. */
const ALLOWED = {
  'lib/ok.ts': "import 'aws-cdk-lib';\nimport 'constructs';\nimport './private/contract';",
  'lib/e.ts': "import './d';",
  'lib/private/ok.ts': 'export {};',
  'lib/private/contract.ts': 'export {};',
  'runtime/core/ok.ts': "import { createHash } from 'node:crypto';\nimport '../../lib/private/contract';\ncreateHash('sha256');",
  'runtime/aws/ok.ts': "import '@aws-sdk/client-s3';\nimport '../core/ok';",
  'runtime/handlers/ok.ts': "import '../aws/ok';\nimport '../../lib/private/contract';",
  'runtime/cli/ok.ts': "import 'commander';\nimport '../core/ok';\nimport '../aws/ok';\nimport '../../lib/private/contract';",
  'local/ok.ts': "import '../runtime/core/ok';\nimport 'node:http';",
  'bin/ok.ts': "import '../lib/ok';",
  'test/ok.ts': "import '../lib/ok';\nimport '../local/ok';",
};

const problems = [...realBreaches(), ...unseenBreaches()];
for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`no wall is broken; ${BREACHES.length} planted breaches were all seen`);
process.exitCode = problems.length === 0 ? 0 : 1;

function realBreaches() {
  return cruise(ROOT, ROOMS).map(({ rule, from, to }) => `${from} imports ${to}, which the rule '${rule.name}' forbids`);
}

/** Plants every breach in a small copy of the rooms, and answers with those that a tool did not see. */
function unseenBreaches() {
  mkdirSync(join(ROOT, '.local'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.local', 'wall-'));
  try {
    for (const name of ['eslint.config.js', '.dependency-cruiser.cjs', 'tsconfig.json', 'tsconfig.jsii.json']) cpSync(join(ROOT, name), join(folder, name));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const { file, text } of BREACHES) plant(folder, file, text);
    for (const [file, text] of Object.entries(ALLOWED)) plant(folder, file, text);
    return [...unseenBy('dependency-cruiser', 'cruiser', cruised(folder)), ...unseenBy('eslint', 'eslint', linted(folder))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function plant(folder, file, text) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), `${text}\n`);
}

function unseenBy(tool, key, seen) {
  const missed = BREACHES.filter((breach) => breach[key] && !seen.some((one) => one.file === breach.file && one.rule === breach[key]));
  const wrong = seen.filter((one) => one.file in ALLOWED && one.file !== 'lib/e.ts');
  return [
    ...missed.map((breach) => `${tool} does not see the breach '${breach.text.split('\n')[0]}' in ${breach.file} (rule '${breach[key]}')`),
    ...wrong.map((one) => `${tool} refuses ${one.file}, which is allowed (rule '${one.rule}')`),
  ];
}

function cruised(folder) {
  return cruise(folder, ROOMS).map(({ rule, from }) => ({ file: from, rule: rule.name }));
}

function cruise(cwd, rooms) {
  const output = node(cwd, 'dependency-cruiser/bin/dependency-cruise.mjs', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms]);
  return JSON.parse(output).summary.violations.filter((violation) => violation.rule.severity === 'error');
}

function linted(folder) {
  const output = node(folder, 'eslint/bin/eslint.js', ['--format', 'json', '--no-warn-ignored', '--config', 'eslint.config.js', ...ROOMS]);
  return JSON.parse(output).flatMap((file) => file.messages.map((message) => ({ file: file.filePath.slice(folder.length + 1).replaceAll('\\', '/'), rule: message.ruleId })));
}

function node(cwd, program, args) {
  const result = spawnSync(process.execPath, [join(ROOT, 'node_modules', program), ...args], { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!result.stdout) throw new Error(`${program} said nothing but: ${result.stderr}`);
  return result.stdout;
}
