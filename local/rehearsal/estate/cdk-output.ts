/** What one line of `cdk deploy --progress events` is worth showing while it runs; undefined for the rest. */
export function progressOf(line: string): string | undefined {
  const event = /^\s*(\S+) \|\s*(\d+(?:\/\d+)?) \| [^|]+\| (\w+)\s*\| (\S+)\s*\| (.*)$/.exec(line);
  if (event !== null) {
    const [, stack, done, state, type] = event;
    return `${stack} ${done} ${state.toLowerCase().replace(/_/g, ' ')} ${type}`;
  }
  const bootstrap = /Bootstrapping environment (\S+?)\.*$/.exec(line);
  return bootstrap === null ? undefined : bootstrap[1];
}

/** Stack traces, carets under code, and advice that stands in every output. */
const NOISE = /^(at |\.\.\.|\^|npm warn|\$ )/i;

/** True of every app that fails, so it says nothing of this one. */
const GENERAL = /Subprocess exited with error/;

const TELLING = /_FAILED|❌|Error:|error:|failed:|Resource handler returned/i;

/** The lines of a failed command's output that say why, so that nobody has to read all of it. */
export function failureOf(tail: readonly string[]): string {
  const lines = tail.map((line) => line.trim()).filter((line) => line !== '' && !NOISE.test(line) && !GENERAL.test(line));
  const telling = lines.filter((line) => TELLING.test(line));
  return [...new Set((telling.length > 0 ? telling : lines).slice(-4))].join('; ').slice(0, 1200);
}
