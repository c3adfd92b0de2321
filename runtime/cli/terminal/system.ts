import { createInterface } from 'node:readline/promises';
import type { Terminal } from '../terminal';
import { paintFor, PLAIN } from './paint';

const COLUMNS = 100;
const ROWS = 40;

/** The streams of a process, or of a test. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: { readonly [name: string]: string | undefined };
}

export function terminalOf({ stdin, stdout, stderr, env }: Streams, { color }: { readonly color: boolean }): Terminal {
  const canAsk = stdin.isTTY === true && stderr.isTTY === true;
  return {
    out: (text) =>
      new Promise((resolve) => {
        stdout.once('error', () => resolve());
        stdout.write(text, () => resolve());
      }),
    err: (text) => void stderr.write(text),
    live: stderr.isTTY === true && env.TERM !== 'dumb',
    columns: (stdout.isTTY ? stdout.columns : stderr.columns) || COLUMNS,
    screen: stdout.isTTY === true && env.TERM !== 'dumb' ? () => ({ columns: stdout.columns || COLUMNS, rows: stdout.rows || ROWS }) : undefined,
    paint: color ? paintFor(stdout, env) : PLAIN,
    talkPaint: color ? paintFor(stderr, env) : PLAIN,
    ask: canAsk ? (question, signal) => ask(stdin, stderr, question, signal) : undefined,
  };
}

/** Ends with an empty answer when the signal is aborted or the keyboard is closed: nobody has said yes. */
async function ask(input: NodeJS.ReadableStream, output: NodeJS.WritableStream, question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input, output, terminal: true });
  // A terminal in raw mode sends Ctrl-C as a key, and not as a signal.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question, { signal }), closed]);
  } catch {
    return '';
  } finally {
    lines.close();
  }
}
