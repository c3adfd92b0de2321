// Records a terminal session of the operator's command on the local AWS, for the front page. Everything in it was printed by a real run.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalAws, type LocalAws } from '../../local';
import { VENV_PYTHON } from '../../local/emulator/paths';
import { sessionSvg, type Printed } from './svg';

const ROOT = join(__dirname, '..', '..');
const SIZE = { columns: 118, rows: 36 };
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const PROMPT = '\u001b[1m$\u001b[0m ';

interface Scene {
  readonly typed: string;
  /** Answers to questions: what stands on the screen, and what is typed then. */
  readonly answers?: readonly (readonly [string, string])[];
  /** Happens before it is typed. */
  readonly before?: (aws: LocalAws) => Promise<void>;
}

const SCENES: readonly Scene[] = [
  { typed: 's3-failover status' },
  { typed: "s3-failover failover us-west-2 --why 'us-east-1 does not answer'", answers: [['type the name of the target', 'us-west-2']], before: (aws) => aws.control.setRegion('us-east-1', { kind: 'blackhole' }) },
  { typed: 's3-failover history --limit 3' },
];

async function main(file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'session-'));
  const aws = await startLocalAws();
  try {
    await deploy(aws, folder);
    const printed: Printed[] = [];
    for (const scene of SCENES) {
      await scene.before?.(aws);
      const since = (printed.at(-1)?.at ?? 0) + 1;
      printed.push(...typing(`${printed.length > 0 ? '\r\n' : ''}${PROMPT}`, scene.typed, since));
      const from = printed.at(-1)!.at + 0.3;
      for (const [at, text] of await run(aws, folder, scene)) printed.push({ at: from + at, text });
    }
    writeFileSync(file, await sessionSvg(printed, SIZE, 'A terminal: status shows three Regions; us-east-1 stops answering; failover to us-west-2 is agreed to by typing its name and proven; history shows the act'));
    console.log(`wrote ${file}`);
  } finally {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deploy(aws: LocalAws, folder: string): Promise<void> {
  const app = ['--app', 'npx ts-node bin/app.ts', '--context', 'homeRegion=eu-central-1', '--output', join(folder, 'cdk.out')];
  await aws.bootstrap(['eu-central-1', ...REGIONS]);
  const { exitCode, output } = await aws.cdk(['deploy', '--all', '--require-approval', 'never', '--concurrency', '8', ...app], { cwd: ROOT });
  if (exitCode !== 0) throw new Error(output);
  await aws.control.setReplication({ lagMs: 500 });
  await aws.control.setPropagation({ ms: 3_000 });
  const bin = join(folder, 's3-failover');
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, 'assets', 'cli', 'index.js')}" "$@"\n`);
  chmodSync(bin, 0o755);
}

/** A person's typing, not too fast. */
function typing(prompt: string, line: string, since: number): Printed[] {
  return [{ at: since, text: prompt }, ...[...line].map((text, index) => ({ at: since + 0.6 + index * 0.05, text })), { at: since + 0.9 + line.length * 0.05, text: '\r\n' }];
}

function run(aws: LocalAws, folder: string, { typed, answers = [] }: Scene): Promise<[number, string][]> {
  const env = {
    ...process.env,
    ...aws.env,
    PATH: `${folder}:${process.env.PATH}`,
    TERM: 'xterm-256color',
    S3_FAILOVER_NAME: '/s3-failover/media',
    S3_FAILOVER_REGIONS: REGIONS.join(','),
    AWS_EC2_METADATA_DISABLED: 'true',
    TYPED: JSON.stringify(answers),
  };
  const child = spawn(VENV_PYTHON, [join(__dirname, 'type.py'), String(SIZE.columns), String(SIZE.rows), 'sh', '-c', typed], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(out.split('\n').filter(Boolean).map((line) => JSON.parse(line) as [number, string])));
  });
}

main(process.argv[2] ?? join(ROOT, 'docs', 'images', 'session.svg')).catch((error: Error) => {
  console.error(error.stack);
  process.exitCode = 1;
});
