/** Colours by meaning. Without a terminal, or with NO_COLOR, each gives its text as it is. */
export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** The two streams and the keyboard. Results go to `out`, talk to `err`. */
export interface Terminal {
  /** Waits for a slow reader, and puts up with one that has left. */
  out(text: string): Promise<void>;
  err(text: string): void;
  /** Whether the talk may be redrawn in place. */
  readonly live: boolean;
  readonly columns: number;
  /** Size of the window that `out` writes to, as it is now; undefined where that is no terminal. */
  readonly screen?: () => { readonly columns: number; readonly rows: number };
  /** For `out`, and for `err`: either may be a file. */
  readonly paint: Paint;
  readonly talkPaint: Paint;
  /** Undefined where nobody can be asked: no keyboard, or no terminal to show the question on. */
  readonly ask?: (question: string, signal: AbortSignal) => Promise<string>;
}
