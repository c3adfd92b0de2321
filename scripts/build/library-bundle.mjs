// Makes the compiled library one file. To find and read some thirty small files, each of which asks Node for aws-cdk-lib
// again, takes an app longer than to run them: see docs/findings.md.
import { build } from 'esbuild';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesUnder } from '../setup/digest.mjs';
import { Problem } from '../setup/problem.mjs';
import { run } from '../setup/run.mjs';

const COMPILED = 'lib/index.js';
const BUNDLE = 'lib/bundle.js';

/** Replaces what jsii compiled in a folder by one file, readable and with a source map, that exports just the same. */
export async function bundleLibrary(folder, peers) {
  const { outputFiles, warnings } = await build({
    absWorkingDir: folder,
    entryPoints: ['lib/index.ts'],
    outfile: COMPILED,
    tsconfig: 'tsconfig.jsii.json',
    bundle: true,
    external: peers,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    keepNames: true,
    sourcemap: 'linked',
    write: false,
    logLevel: 'warning',
    footer: { js: await typeInformation(folder) },
  });
  if (warnings.length > 0) throw new Problem('esbuild warns of the library; see above');
  const [map, bundle] = ['.js.map', '.js'].map((end) => outputFiles.find((file) => file.path.endsWith(end)).text);
  await writeFile(join(folder, BUNDLE), askOnce(bundle));
  await mustExportTheSame(folder);
  for (const file of await filesUnder(folder, 'lib')) if (file.endsWith('.js') && file !== BUNDLE) await rm(join(folder, file));
  await rename(join(folder, BUNDLE), join(folder, COMPILED));
  await writeFile(join(folder, `${COMPILED}.map`), map);
}

/** What jsii writes into each class that it compiles: the CDK tells by it which constructs an app uses. */
async function typeInformation(folder) {
  const { name, version, types } = JSON.parse(await readFile(join(folder, '.jsii'), 'utf8'));
  const classes = Object.values(types).filter(({ kind }) => kind === 'class').map((type) => type.name);
  return `for (const name of ${JSON.stringify(classes)}) module.exports[name][Symbol.for("jsii.rtti")] = { fqn: \`${name}.\${name}\`, version: "${version}" };`;
}

/** Node looks through a package's exports at each `require` of it, so each package is asked for once. */
export function askOnce(code) {
  const names = new Map();
  const asked = code.replace(/^var (\w+) = require\("([^"]+)"\);$/gm, (line, name, id) => {
    if (names.has(id)) return `var ${name} = ${names.get(id)};`;
    names.set(id, name);
    return line;
  });
  // esbuild copies the exports of what is imported as a whole, and aws-cdk-lib has hundreds.
  const copied = /__toESM\(require\("([^"]+)"\)/.exec(asked);
  if (copied) throw new Problem(`'${copied[1]}' must be imported in lib by the names that are used, not as '* as' or by default`);
  return asked;
}

async function mustExportTheSame(folder) {
  const [compiled, bundle] = await Promise.all([COMPILED, BUNDLE].map((file) => exportsOf(join(folder, file))));
  const names = [...new Set([...Object.keys(compiled), ...Object.keys(bundle)])];
  const differs = names.filter((name) => compiled[name] !== bundle[name]);
  if (differs.length > 0) throw new Problem(differs.map((name) => `the library's one file exports '${name}' as ${bundle[name]}, but jsii compiled ${compiled[name]}`).join('\n'));
}

/** Everything that a file exports: its name to its members, as text. */
async function exportsOf(file) {
  const { ok, output } = await run(process.execPath, ['--print', `(${describe})(require(${JSON.stringify(file)}))`]);
  if (!ok) throw new Problem(`'${file}' cannot be loaded:\n${output}`);
  return JSON.parse(output);
}

function describe(library) {
  const membersOf = (value) => Reflect.ownKeys(value).map(String).sort();
  const classOf = (value) => ({ name: value.name, type: value[Symbol.for('jsii.rtti')], fixed: membersOf(value), own: membersOf(value.prototype) });
  const entries = Object.entries(library).map(([name, value]) => [name, JSON.stringify(typeof value === 'function' ? classOf(value) : value)]);
  return JSON.stringify(Object.fromEntries(entries));
}
