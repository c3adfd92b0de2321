/** What was thrown, in words: its message, or itself where it is no error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
