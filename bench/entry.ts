/** Entry of a program of the benchmark: prints what it found as one line of JSON. */
export function main(work: () => Promise<object>): void {
  work().then(
    (result) => console.log(JSON.stringify(result)),
    (error: Error) => {
      console.error(error.stack ?? error.message);
      process.exitCode = 1;
    },
  );
}

/** What goes on, for who waits. */
export function say(text: string): void {
  console.error(`bench: ${text}`);
}
