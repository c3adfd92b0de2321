import type { Aws, Caller } from '../../../../runtime/cli/aws';
import { parse } from '../../../../runtime/cli/parse/parse';
import { problemText } from '../../../../runtime/cli/render/problem';
import { run } from '../../../../runtime/cli/run';
import type { Paint, Terminal } from '../../../../runtime/cli/terminal';
import type { Interrupt, InterruptSignal } from '../../../../runtime/cli/terminal/interrupt';
import { PLAIN } from '../../../../runtime/cli/terminal/paint';
import type { Verb } from '../../../../runtime/cli/verb';
import type { Command } from '../../../../runtime/cli/command';
import { FakeDoctor } from '../../support/fake-doctor';
import type { FakeEstate } from '../../support/fake-estate';
import { seeded } from '../../support/random';

/** The name under which every living Region of a fake estate holds the manifest. */
export const NAME = '/s3-failover/media';
export const OPERATOR: Caller = { account: '111122223333', partition: 'aws', arn: 'arn:aws:iam::111122223333:user/operator' };

/** Colours that can be read in a golden. */
export const MARKED: Paint = { good: (text) => `<g>${text}</g>`, bad: (text) => `<b>${text}</b>`, warn: (text) => `<w>${text}</w>`, strong: (text) => `<s>${text}</s>`, faint: (text) => `<f>${text}</f>` };

export interface ShellOptions {
  /** A terminal: colours, a redrawn line, and a person who can be asked. @default - pipes, and nobody to ask */
  readonly terminal?: boolean;
  /** What the person types at each question; an empty line when there are no more. */
  readonly answers?: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly caller?: Caller | Error;
  readonly aws?: Partial<Aws>;
  /** Other verbs than the real ones. */
  readonly verbs?: { readonly [command: string]: { readonly command: Command; readonly verb: Verb } };
  readonly interrupt?: FakeInterrupt;
  /** Two runs with one seed make the same ids. */
  readonly seed?: number;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
}

/** Runs a command line against a fake estate, on its virtual clock, and answers with what a person or a pipe got. */
export async function shell(world: FakeEstate, line: string | readonly string[], options: ShellOptions = {}): Promise<Ran> {
  const words = typeof line === 'string' ? line.split(' ').filter(Boolean) : line;
  const commands = options.verbs && Object.values(options.verbs).map(({ command }) => command);
  const parsed = parse(words, { S3_FAILOVER_NAME: NAME, ...options.env }, ...(commands ? [commands] : []));
  if (parsed.kind === 'told') return { code: 0, out: parsed.text, err: '', questions: [] };
  if (parsed.kind === 'misused') return { code: parsed.problem.exit, out: '', err: parsed.help ?? problemText(parsed.problem, PLAIN), questions: [] };
  const screen = new Screen(options);
  const interrupt = options.interrupt ?? new FakeInterrupt();
  const code = await world.clock.run(() =>
    run(parsed.invocation, {
      terminal: screen,
      clock: world.clock,
      wall: world.wall,
      random: seeded(options.seed ?? 1),
      aws: () => ({ ...fakeAws(world, options.caller ?? OPERATOR), ...options.aws }),
      interrupt,
      verbs: options.verbs && Object.fromEntries(Object.entries(options.verbs).map(([name, { verb }]) => [name, async () => verb])),
      every: () => () => undefined,
      leave: (status) => (screen.written.err += `[left with ${status}]\n`),
    }),
  );
  return { code, out: screen.written.out, err: screen.written.err, questions: screen.questions };
}

/** AWS as a fake estate has it: every living Region of the estate holds the manifest and knows the caller. */
export function fakeAws(world: FakeEstate, caller: Caller | Error): Aws {
  return {
    ownRegion: async () => undefined,
    async caller(regions, signal) {
      await Promise.any(regions.map((region) => world.arrive({ region, call: 'caller' }, signal)));
      if (caller instanceof Error) throw caller;
      return caller;
    },
    async parameter(region, name, signal) {
      await world.arrive({ region, call: 'parameter', key: name }, signal);
      return name === NAME && world.buckets.has(region) ? JSON.stringify(world.estate.manifest) : undefined;
    },
    bucket: (region) => world.bucket(region),
    controlEndpoints: () => world.plane.endpoints,
    writeProbe: () => world.client(),
    metrics: () => world.metrics,
    replication: (region, _, __, signal) => new FakeDoctor(world).adapters().settings(region).replication(signal),
    table: (region) => world.table(region),
    doctor: () => new FakeDoctor(world).adapters(),
    close: () => undefined,
  };
}

/** A person's Ctrl-C. */
export class FakeInterrupt implements Interrupt {
  private readonly controller = new AbortController();
  private tell?: (name: InterruptSignal, time: number) => void;
  private count = 0;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  onEach(callback: (name: InterruptSignal, time: number) => void): void {
    this.tell = callback;
  }

  status(): number | undefined {
    return this.count === 0 ? undefined : 130;
  }

  press(): void {
    this.tell?.('SIGINT', ++this.count);
    this.controller.abort();
  }
}

class Screen implements Terminal {
  readonly written = { out: '', err: '' };
  readonly questions: string[] = [];
  readonly live: boolean;
  readonly columns = 100;
  readonly screen?: () => { readonly columns: number; readonly rows: number };
  readonly paint: Paint;
  readonly talkPaint: Paint;
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string>;

  constructor({ terminal = false, answers = [] }: ShellOptions) {
    this.live = terminal;
    this.paint = this.talkPaint = terminal ? MARKED : PLAIN;
    const left = [...answers];
    if (terminal) {
      this.screen = () => ({ columns: 200, rows: 50 });
      this.ask = async (question) => {
        this.questions.push(question);
        return left.shift() ?? '';
      };
    }
  }

  async out(text: string): Promise<void> {
    this.written.out += text;
  }

  err(text: string): void {
    this.written.err += text;
  }
}
