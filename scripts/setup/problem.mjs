/** A set-up problem that a person can solve: its message is one line that says what to do. */
export class Problem extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'Problem';
  }
}

/** Runs a command's main function; a problem ends it with one line and exit status 1, never with a stack trace. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const line = error instanceof Problem ? error.message : `unexpected error: ${error?.message ?? error}; set S3_FAILOVER_DEBUG=1 to see where`;
    console.error(`cdk-s3-failover: ${line}`);
    if (process.env.S3_FAILOVER_DEBUG) console.error(error);
    process.exitCode = 1;
  }
}
