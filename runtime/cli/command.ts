/**
 * What a person may type, as data: parsing, help and shell completion are made from it, without loading what a verb does.
 */
export interface Command {
  /** One word, or two for a verb of a group: `status`, `routes show`. */
  readonly name: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** What it does and does not do, for `--help`; paragraphs. */
  readonly detail?: string;
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** At least one, as typed, with what it is for. */
  readonly examples: readonly Example[];
  /** Verbs that need no manifest and no AWS, such as `completion`. */
  readonly offline?: boolean;
  /** Asks before it acts: refused at once where nobody can be asked and `--yes` is missing. */
  readonly asks?: boolean;
  /** Bounds the verb where `--timeout` does not; 0 for no bound, 60 if left out. */
  readonly timeoutSeconds?: number;
  /** Prints a JSON document per line as things happen, and not one at its end. */
  readonly streams?: boolean;
}

export interface Argument {
  readonly name: string;
  readonly summary: string;
  readonly required?: boolean;
  /** Takes all that follow. */
  readonly many?: boolean;
  /** What shells offer. */
  readonly completes?: 'region' | 'file' | readonly string[];
}

export interface Option {
  /** As `--drain`. */
  readonly flag: string;
  /** One letter, as `-y`. */
  readonly short?: string;
  /** Name of the value that follows; without one the option is a switch. */
  readonly value?: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly default?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly completes?: 'region' | 'file';
}

export interface Example {
  readonly line: string;
  readonly why: string;
}

/** What was typed, checked against the command: choices hold, required arguments are there. */
export interface Given {
  /** One argument; undefined when it was left out. */
  argument(name: string): string | undefined;
  /** All values of an argument that takes many. */
  all(name: string): readonly string[];
  /** Value of an option, or its default. */
  option(flag: string): string | undefined;
  options(flag: string): readonly string[];
  has(flag: string): boolean;
}
