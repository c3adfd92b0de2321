/** Where a comparison keeps what it must not lose, and what is too much for memory. */
export interface ReconcileStore {
  /** What was saved last; undefined when there is nothing to go on from. */
  load(): Promise<string | undefined>;
  /** Replaces what was saved, all or nothing. */
  save(text: string): Promise<void>;
  /** A list of lines that only grows; the same list for the same name. */
  lines(name: string): Promise<LineLog>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

/** Positions are counted from its beginning, and mean something to the log alone. */
export interface LineLog {
  /** Adds lines and gives the position after them. A line holds no line feed. */
  append(lines: readonly string[]): Promise<number>;
  /** What was added survives the loss of power from now on. */
  sync(): Promise<void>;
  /** Drops what lies beyond a position. Rejects when there is not that much. */
  cutTo(position: number): Promise<void>;
  /** Lines from a position to the end, so many at a time at most, each time with the position after them. */
  read(from: number, most: number): AsyncIterable<{ readonly lines: readonly string[]; readonly end: number }>;
}

/** A file that appears whole or not at all. */
export interface OutputFile {
  readonly name: string;
  write(text: string): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}
