import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUNDLE_MAX, expectedFiles, problemsOfContents, problemsOfSizes, TARBALL_MAX } from '../../scripts/package/contents.mjs';

const expected = expectedFiles(['lib/index.ts', 'lib/private/errors.ts']);

test('a tarball with just what a user needs is fine', () => {
  assert.deepEqual(problemsOfContents([...expected, 'assets/deployment/THIRD-PARTY-LICENSES.txt'], expected), []);
});

test('fails when a compiled file or the handlers are missing', () => {
  const files = expected.filter((file) => file !== 'lib/private/errors.js' && file !== 'assets/deployment/index.js');
  assert.deepEqual(problemsOfContents(files, expected), ["the tarball lacks 'assets/deployment/index.js'", "the tarball lacks 'lib/private/errors.js'"]);
});

test('fails when sources, tests or fixtures are packed', () => {
  for (const file of ['lib/index.ts', 'test/lib/a.js', 'rosetta/default.ts-fixture', 'cdk.json', 'lib/a.test.js', 'local/index.js']) {
    assert.deepEqual(problemsOfContents([...expected, file], expected), [`the tarball holds '${file}', which no user needs`]);
  }
});

test('fails when the tarball or a bundle is too large', () => {
  assert.deepEqual(problemsOfSizes(TARBALL_MAX, [['a.js', BUNDLE_MAX]]), []);
  assert.equal(problemsOfSizes(TARBALL_MAX + 1, [['a.js', BUNDLE_MAX + 1]]).length, 2);
});
