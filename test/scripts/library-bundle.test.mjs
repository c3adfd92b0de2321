import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { askOnce, bundleLibrary } from '../../scripts/build/library-bundle.mjs';

const COMPILED = `
exports.Bucket = class Bucket {
  static [Symbol.for('jsii.rtti')] = { fqn: 'library.Bucket', version: '1.2.3' };
  static named(name) { return Object.assign(new Bucket(), { name }); }
  get folder() { return ''; }
};
exports.Mode = { ON: 'ON' };`;

const LIBRARY = {
  '.jsii': JSON.stringify({ name: 'library', version: '1.2.3', types: { a: { name: 'Bucket', kind: 'class' }, b: { name: 'Mode', kind: 'enum' }, c: { name: 'Props', kind: 'interface' } } }),
  'tsconfig.jsii.json': JSON.stringify({ compilerOptions: { target: 'es2022' } }),
  'lib/index.ts': "export { Bucket } from './bucket';\nexport enum Mode { ON = 'ON' }\nexport interface Props {}",
  'lib/bucket.ts': "import { join } from 'node:path';\nexport class Bucket {\n  static named(name: string) { return Object.assign(new Bucket(), { name }); }\n  get folder() { return join(__dirname, 'x'); }\n}",
  'lib/index.js': COMPILED,
  'lib/bucket.js': 'exports.left = true;',
};

const folders = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function folderWith(files) {
  const folder = await mkdtemp(join(tmpdir(), 'library-bundle-'));
  folders.push(folder);
  for (const [file, text] of Object.entries({ ...LIBRARY, ...files })) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  return folder;
}

test('the library becomes one file with a source map, which keeps names and what jsii writes into classes', async () => {
  const folder = await folderWith({});
  await bundleLibrary(folder, ['aws-cdk-lib']);
  const { Bucket, Mode } = createRequire(import.meta.url)(join(folder, 'lib/index.js'));
  assert.equal(Bucket.name, 'Bucket');
  assert.deepEqual(Bucket[Symbol.for('jsii.rtti')], { fqn: 'library.Bucket', version: '1.2.3' });
  assert.equal(Bucket.named('a').folder, join(folder, 'lib', 'x'));
  assert.deepEqual(Mode, { ON: 'ON' });
  assert.ok(!existsSync(join(folder, 'lib/bucket.js')));
  assert.match(JSON.parse(await readFile(join(folder, 'lib/index.js.map'), 'utf8')).sources.join(), /bucket\.ts/);
});

test('fails when the file lacks a member that jsii compiled, or has one more, and leaves what jsii compiled', async () => {
  const folder = await folderWith({ 'lib/index.js': COMPILED.replace('get folder', 'get path') });
  await assert.rejects(bundleLibrary(folder, []), /exports 'Bucket' as .*folder.*, but jsii compiled .*path/);
  assert.ok(existsSync(join(folder, 'lib/bucket.js')));
});

test('a package is asked for once, whoever imports from it', () => {
  const code = 'var a = require("aws-cdk-lib");\nuse(a);\nvar b = require("constructs");\nvar c = require("aws-cdk-lib");\n';
  assert.equal(askOnce(code), 'var a = require("aws-cdk-lib");\nuse(a);\nvar b = require("constructs");\nvar c = a;\n');
});

test('fails when a package is imported as a whole', async () => {
  const folder = await folderWith({ 'lib/bucket.ts': "import * as s3 from 'aws-cdk-lib/aws-s3';\nexport class Bucket extends s3.Bucket {}" });
  await assert.rejects(bundleLibrary(folder, ['aws-cdk-lib']), /'aws-cdk-lib\/aws-s3' must be imported in lib by the names that are used/);
});
