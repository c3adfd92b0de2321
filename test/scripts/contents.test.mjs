import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUNDLE_MAX, expectedFiles, problemsOfContents, problemsOfSizes, TARBALL_MAX, VERBS_MAX } from '../../scripts/package/contents.mjs';

const expected = expectedFiles(['lib/index.ts', 'lib/private/errors.ts']);

test('a tarball with just what a user needs is fine', () => {
  assert.deepEqual(problemsOfContents([...expected, 'assets/deployment/THIRD-PARTY-LICENSES.txt'], expected), []);
});

test('fails when the library, a declaration, the handlers or the command are missing', () => {
  const missing = ['lib/index.js', 'assets/deployment/index.js', 'bin/s3-failover', 'lib/private/errors.d.ts'];
  const files = expected.filter((file) => !missing.includes(file));
  assert.deepEqual(problemsOfContents(files, expected), missing.map((file) => `the tarball lacks '${file}'`));
});

test('fails when sources, tests or fixtures are packed', () => {
  for (const file of ['lib/index.ts', 'lib/private/errors.js', 'lib/private/errors.js.map', 'assets/deployment/index.js.map', 'test/lib/a.js', 'rosetta/default.ts-fixture', 'cdk.json', 'lib/a.test.js', 'local/index.js']) {
    assert.deepEqual(problemsOfContents([...expected, file], expected), [`the tarball holds '${file}', which no user needs`]);
  }
});

test('fails when the tarball or a bundle is too large', () => {
  assert.deepEqual(problemsOfSizes(TARBALL_MAX, [['a.js', BUNDLE_MAX]]), []);
  assert.equal(problemsOfSizes(TARBALL_MAX + 1, [['a.js', BUNDLE_MAX + 1]]).length, 2);
  assert.deepEqual(problemsOfSizes(TARBALL_MAX, [['assets/cli/verbs.js', VERBS_MAX]]), []);
  assert.equal(problemsOfSizes(TARBALL_MAX, [['assets/cli/verbs.js', VERBS_MAX + 1]]).length, 1);
});
