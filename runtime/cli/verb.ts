import type { OperateWorld, Teller } from '../core/operate/act/world';
import type { WallClock } from '../core/operate/ports';
import type { Clock, Random } from '../core/ports';
import type { Aws, Caller } from './aws';
import type { Given } from './command';
import type { ExitCode } from './exit-code';
import type { ManifestFound } from './facts/source';
import type { Paint, Terminal } from './terminal';

/** What every verb accepts. */
export interface Globals {
  readonly json: boolean;
  /** Answers each question with yes; needed where nobody can be asked. */
  readonly yes: boolean;
  /** Shows before and after, and does nothing. */
  readonly dryRun: boolean;
  /** Bounds the whole verb. */
  readonly timeoutMs: number;
  readonly verbose: boolean;
}

/** What a verb is handed. Nothing in it has asked AWS for anything yet. */
export interface VerbContext {
  readonly globals: Globals;
  readonly terminal: Terminal;
  readonly teller: Teller;
  readonly clock: Clock;
  readonly wall: WallClock;
  readonly random: Random;
  /** Aborted by Ctrl-C and by the end of the time. */
  readonly signal: AbortSignal;
  /** When the time is up, on the clock's scale. */
  readonly deadline: number;
  /** From the first source that was given; refused with what differs. */
  manifest(): Promise<ManifestFound>;
  /** The manifest is asked of AWS, and not read from a file. */
  readonly sourceIsAws: boolean;
  /** Who the caller is, undefined where no Region could be asked; refused where the manifest is about another account. */
  caller(avoid?: readonly string[]): Promise<Caller | undefined>;
  /** The manifest's estate, ready to be acted on. Regions in `avoid` are asked for nothing that others know. */
  world(options?: { readonly avoid?: readonly string[] }): Promise<OperateWorld>;
  /** The same without who acts, for verbs that only look: they check the caller beside it. */
  view(): Promise<Omit<OperateWorld, 'who'>>;
  /** Adapters, for what only some verbs reach. */
  readonly aws: Aws;
}

export interface VerbResult {
  readonly code: ExitCode;
  /** The verb came to its end, whatever its code says of what it saw. */
  readonly looked?: boolean;
  /** `--json` prints this, after `schema` and `version`. Part of the contract with scripts. */
  readonly document: { readonly schema: string; readonly version: number; readonly [member: string]: unknown };
  /** What a person reads, with a line feed at its end. */
  text(paint: Paint, columns: number): string;
}

export interface Verb {
  run(context: VerbContext, given: Given): Promise<VerbResult>;
}
