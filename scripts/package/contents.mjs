/** What the tarball holds, and nothing else. */
const ALWAYS = ['.jsii', 'API.md', 'LICENSE', 'NOTICE', 'README.md', 'package.json', 'assets/deployment/index.js', 'lib/index.js', 'lib/index.d.ts'];
const ALLOWED = /^(lib\/.+\.(js|d\.ts)|assets\/.+)$/;
const NEVER = /\.(test|fixture)\.|\.map$|(^|\/)(node_modules|test|local|runtime|rosetta)\//;

/** Bytes; what a user's install and a Lambda's cold start pay for. */
export const TARBALL_MAX = 2 * 1024 * 1024;
export const BUNDLE_MAX = 1024 * 1024;

/** Files that must be there, given the library's sources. */
export function expectedFiles(sources) {
  const compiled = sources.flatMap((source) => ['.js', '.d.ts'].map((end) => source.replace(/\.ts$/, end)));
  return [...new Set([...ALWAYS, ...compiled])];
}

export function problemsOfContents(files, expected) {
  const missing = expected.filter((file) => !files.includes(file));
  const unwanted = files.filter((file) => NEVER.test(file) || (!expected.includes(file) && !ALLOWED.test(file)));
  return [...missing.map((file) => `the tarball lacks '${file}'`), ...unwanted.map((file) => `the tarball holds '${file}', which no user needs`)];
}

export function problemsOfSizes(tarball, bundles) {
  const large = bundles.filter(([, size]) => size > BUNDLE_MAX).map(([file, size]) => `'${file}' has ${size} bytes; at most ${BUNDLE_MAX} are allowed`);
  return tarball > TARBALL_MAX ? [`the tarball has ${tarball} bytes; at most ${TARBALL_MAX} are allowed`, ...large] : large;
}
