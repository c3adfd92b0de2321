/** What the tarball holds, and nothing else. */
const ALWAYS = [
  '.jsii', 'API.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json', 'lib/index.js', 'lib/index.js.map', 'lib/index.d.ts',
  'assets/deployment/index.js', 'assets/observer/index.js', 'assets/cli/index.js', 'assets/cli/verbs.js', 'bin/s3-failover',
];
const ALLOWED = /^(lib\/index\.js(\.map)?|lib\/.+\.d\.ts|assets\/.+)$/;
const NEVER = /\.(test|fixture)\.|(?<!^lib\/index\.js)\.map$|(^|\/)(node_modules|test|local|runtime|rosetta)\//;

/** Bytes; what a user's install, a Lambda's cold start and a command's start pay for. */
export const TARBALL_MAX = 2 * 1024 * 1024;
export const BUNDLE_MAX = 1024 * 1024;
/** The command reaches more services than any handler, and has twenty verbs; what a run does not use of them is never evaluated. */
export const VERBS_MAX = 2_000_000;

export function bundleMax(file) {
  return file === 'assets/cli/verbs.js' ? VERBS_MAX : BUNDLE_MAX;
}

/** Files that must be there, given the library's sources: it is one file, declared by many. */
export function expectedFiles(sources) {
  const declarations = sources.map((source) => source.replace(/\.ts$/, '.d.ts'));
  return [...new Set([...ALWAYS, ...declarations])];
}

export function problemsOfContents(files, expected) {
  const missing = expected.filter((file) => !files.includes(file));
  const unwanted = files.filter((file) => NEVER.test(file) || (!expected.includes(file) && !ALLOWED.test(file)));
  return [...missing.map((file) => `the tarball lacks '${file}'`), ...unwanted.map((file) => `the tarball holds '${file}', which no user needs`)];
}

export function problemsOfSizes(tarball, bundles) {
  const large = bundles.filter(([file, size]) => size > bundleMax(file)).map(([file, size]) => `'${file}' has ${size} bytes; at most ${bundleMax(file)} are allowed`);
  return tarball > TARBALL_MAX ? [`the tarball has ${tarball} bytes; at most ${TARBALL_MAX} are allowed`, ...large] : large;
}
