// First: from here on a Ctrl-C is heard.
import { interrupt } from './terminal/interrupt';
import { complete } from './completion/complete';
import { ExitCode } from './exit-code';
import { parse } from './parse/parse';
import { paintFor, PLAIN } from './terminal/paint';
import { problemDocument, problemText } from './render/problem';

// Advice for who chose the Node version of a service, not for who moves traffic at night.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === '__complete') {
    await print(complete(args.slice(1), process.env).map((line) => `${line}\n`).join(''));
    return ExitCode.DONE;
  }
  const parsed = parse(args, process.env);
  switch (parsed.kind) {
    case 'told':
      await print(parsed.text);
      return ExitCode.DONE;
    case 'misused':
      if (parsed.json) await print(`${JSON.stringify(problemDocument(parsed.problem, undefined), null, 2)}\n`);
      else process.stderr.write(parsed.help ?? problemText(parsed.problem, parsed.color ? paintFor(process.stderr, process.env) : PLAIN));
      return parsed.problem.exit;
    case 'run': {
      // The second bundle, with the SDK in it: nobody who asks for help waits for that.
      const { runHere } = await import('./run');
      return runHere(parsed.invocation, process, interrupt);
    }
  }
}

/** Waits for a slow reader, and puts up with one that has left. */
function print(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.once('error', () => resolve());
    process.stdout.write(text, () => resolve());
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`s3-failover itself went wrong: ${error.stack ?? error.message}\n`);
    process.exit(ExitCode.ERROR);
  },
);
