// Whole processes against their like: status against the AWS CLI's one read, and --help against an empty program of Node.
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { runCli } from '../test/local/run-cli';
import { main, say } from './entry';
import { withEstate, type Estate } from './estate';

const ENDPOINT = 'us-west-2';

main(() => withEstate((estate) => measure(estate, Number(process.argv[2]))));

async function measure({ aws, file, media }: Estate, rounds: number): Promise<object> {
  // `exec`: the shell is not measured.
  const read = `exec aws s3control get-multi-region-access-point-routes --region ${ENDPOINT} --account-id ${aws.account} --mrap ${media.accessPoint.arn}`;
  const contestants: { readonly [name: string]: () => Promise<number | null> } = {
    status: async () => (await runCli(aws, ['status', '--manifest', file])).code,
    awsRead: async () => (await aws.shell(read)).exitCode,
    help: async () => (await runCli(undefined, ['--help'])).code,
    node: () => empty(),
  };
  const samples: { [name: string]: { ms: number }[] } = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  // In turns, so that whatever else the machine does hits all alike; the first turn warms caches and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, contestant] of Object.entries(contestants)) {
      const began = performance.now();
      const code = await contestant();
      if (code !== 0) throw new Error(`'${name}' ended with ${code}`);
      if (round > 0) samples[name].push({ ms: performance.now() - began });
    }
  }
  say(`${rounds} rounds of ${Object.keys(contestants).join(', ')}`);
  return { samples };
}

function empty(): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end();
    for (const stream of [child.stdout, child.stderr]) stream.resume();
    child.once('error', reject);
    child.once('close', resolve);
  });
}
