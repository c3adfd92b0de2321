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

/** The lines of a failed command's output that say why, so that nobody has to read all of it. */
export function failureOf(tail: readonly string[]): string {
  const lines = tail.map((line) => line.trim()).filter((line) => line !== '');
  const telling = lines.filter((line) => /_FAILED|❌|Error:|error:|failed:|Resource handler returned/i.test(line));
  return [...new Set(telling.length > 0 ? telling.slice(-4) : lines.slice(-4))].join('; ').slice(0, 1200);
}
