// npm test: sets up, runs every check, and ends with one line of counts. See --list.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, setUp } from './setup.mjs';
import { Problem, runMain } from './setup/problem.mjs';
import { parseArgs } from './test/args.mjs';
import { countOf, summary } from './test/count.mjs';
import { runProgram, stopAll } from './test/processes.mjs';
import { schedule } from './test/schedule.mjs';
import { select, STEPS } from './test/steps.mjs';

const LOGS = join(ROOT, '.local', 'test');
/** Outside the repository, as the package check wants; each app that a test makes leaves a folder in it. */
let temporary;
const STEP_MINUTES = 15;
const STILL_RUNNING_MS = 30_000;

await runMain(async () => {
  const { steps, list } = chosen(process.argv.slice(2));
  if (list) {
    for (const step of steps) console.log(`${step.name.padEnd(12)} ${step.title}${step.unit ? ' (--unit)' : ''}`);
    return 0;
  }
  await setUp({ bundles: false });
  await mkdir(LOGS, { recursive: true });
  temporary = mkdtempSync(join(tmpdir(), 'cdk-s3-failover-test-'));
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void interrupted(signal));
  const results = await schedule(steps, Math.min(2, availableParallelism()), runStep);
  const failed = steps.filter((_, i) => !results[i].ok);
  if (failed.length > 0) console.log(`failed: ${failed.map((step) => step.name).join(', ')}; again with: npm test -- --only ${failed.map((step) => step.name).join(',')}`);
  console.log(summary(results.map((result) => result.count)));
  return failed.length > 0 ? 1 : 0;
});

function chosen(args) {
  try {
    const options = parseArgs(args);
    return { steps: select(STEPS, options), list: options.list };
  } catch (error) {
    if (error instanceof RangeError) throw new Problem(error.message);
    throw error;
  }
}

async function runStep(step, broken) {
  if (broken.length > 0) {
    console.log(`FAILED  ${step.title}: not run, for it needs ${broken.join(', ')}`);
    return { ok: false, count: { passed: 0, failed: 1, skipped: 0 } };
  }
  const startedAt = Date.now();
  const log = join(LOGS, `${step.name}.log`);
  const jestFile = join(LOGS, `${step.name}.json`);
  await rm(jestFile, { force: true });
  const timer = setInterval(() => console.log(`        ${step.title}: still running after ${seconds(startedAt)}`), STILL_RUNNING_MS);
  const command = step.kind === 'jest' ? [...step.command, '--json', `--outputFile=${jestFile}`] : step.command;
  const { ok, output } = await runProgram(command, { cwd: ROOT, env: environment(), log, timeoutMs: (step.minutes ?? STEP_MINUTES) * 60_000 });
  clearInterval(timer);
  const count = await countOf(step, ok, { jestFile, output });
  if (!ok || count.failed > 0) console.log(`${withoutJson(output, step)}\n`);
  console.log(`${count.failed > 0 ? 'FAILED ' : 'passed '} ${step.title}: ${step.kind ? `${summary([count])}, ` : ''}${seconds(startedAt)}`);
  return { ok: count.failed === 0, count };
}

/** No step may find credentials of a real account, look for any, or speak to the CDK's own services. */
function environment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|CDK_|npm_config_json$|NODE_OPTIONS$)/.test(name));
  return {
    ...Object.fromEntries(kept),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'us-east-1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: process.versions.node.split('.')[0],
    JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1',
    NO_COLOR: '1',
    TMPDIR: temporary,
    TEMP: temporary,
  };
}

/** jest prints its report to standard output as well when it is asked for JSON. */
function withoutJson(output, step) {
  return step.kind === 'jest' ? output.split('\n').filter((line) => !line.startsWith('{"numFailedTestSuites"')).join('\n') : output;
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

async function interrupted(signal) {
  console.log(`stopped by ${signal}: ending what still runs`);
  await stopAll();
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
