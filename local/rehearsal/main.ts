// First: from here on a Ctrl-C is heard.
import { interrupt } from '../../runtime/cli/terminal/interrupt';
import { join, relative } from 'path';
import { paintFor } from '../../runtime/cli/terminal/paint';
import { parseOptions, type Options } from './options';
import { runRehearsal } from './rehearse';
import { renderJson } from './report/json';
import { renderText } from './report/text';
import { Progress } from './terminal/progress';

// Advice for who chose the Node version of a service, not for who looks at a rehearsal.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const ROOT = join(__dirname, '..', '..');

const STATUS = { passed: 0, failed: 1, misused: 2 } as const;

async function main(): Promise<number> {
  // npm runs its scripts in the package's folder, and says where the user stood.
  const parsed = parseOptions(process.argv.slice(2), { root: ROOT, cwd: process.env.INIT_CWD ?? process.cwd() });
  if (parsed.kind === 'help') {
    await print(parsed.text);
    return STATUS.passed;
  }
  if (parsed.kind === 'misused') {
    process.stderr.write(parsed.text);
    return STATUS.misused;
  }
  return rehearse(parsed.options);
}

async function rehearse(options: Options): Promise<number> {
  const progress = new Progress({
    write: (text) => process.stderr.write(text),
    terminal: process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !options.verbose,
    columns: () => process.stderr.columns || 80,
    paint: paintFor(process.stderr, process.env),
    now: () => performance.now(),
  });
  interrupt.onEach((name, time) => {
    if (time === 1) progress.say(`${name === 'SIGINT' ? 'Interrupted' : name}: putting everything away ...`);
  });

  const { report, leftovers, page } = await runRehearsal(options, {
    root: ROOT,
    signal: interrupt.signal,
    observer: progress,
    onOutput: options.verbose ? (line) => progress.say(line) : undefined,
  });
  progress.close();

  if (options.json) await print(renderJson(report));
  else if (interrupt.status() === undefined) await print(renderText(report, paintFor(process.stdout, process.env)));
  for (const leftover of leftovers) progress.say(leftover);
  if (leftovers.length === 0 && report.outcome !== 'passed') progress.say('Everything that was started has been stopped: no process is left.');
  if (page) progress.say(`Page with the timeline: ${nearest(options.html)}`);

  return interrupt.status() ?? (leftovers.length === 0 && report.outcome === 'passed' ? STATUS.passed : STATUS.failed);
}

/** The path as the user would type it. */
function nearest(file: string): string {
  const path = relative(process.env.INIT_CWD ?? process.cwd(), file);
  return path.startsWith('..') ? file : path;
}

/** Waits for a slow reader, and puts up with one that has left. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve());
    process.stdout.write(text, () => resolve());
  });
}

main().then(
  (status) => process.exit(status),
  (error: Error) => {
    process.stderr.write(`the rehearsal itself went wrong: ${error.stack ?? error.message}\n`);
    process.exit(STATUS.failed);
  },
);
