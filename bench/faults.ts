// The same faults for our command, the plain commands of the card, and the AWS CLI with its own time-outs and retries.
import { performance } from 'node:perf_hooks';
import { GetMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import type { ControlFaultInput } from '../local/gateway/fault';
import { runCli } from '../test/local/run-cli';
import { main, say } from './entry';
import { FIVE, REGIONS, withEstate, type Estate } from './estate';

const [HOME, ENDPOINT, TARGET] = REGIONS;
/** Longer than this nobody who fails over waits for one command. */
const CUT_OFF_SECONDS = 70;
/** What the others are slower by, so that our command submits where the fault is. */
const SLOWER_MS = 300;
const TOGETHER_ROUNDS = 3;

interface Scenario {
  readonly name: string;
  readonly fault: ControlFaultInput;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'none', fault: { kind: 'healthy' } },
  { name: 'refused', fault: { kind: 'refused' } },
  { name: 'black-holed', fault: { kind: 'blackhole' } },
  { name: '5xx', fault: { kind: 'failing', rate: 1, status: 503 } },
  { name: 'garbage', fault: { kind: 'garbage' } },
  { name: 'stale', fault: { kind: 'stale' } },
  { name: 'answer lost', fault: { kind: 'mute', only: 'writes' } },
  { name: 'submit late', fault: { kind: 'late', ms: 15_000 } },
];

/** One run of a command, and what came of it. */
interface Ran {
  /** Absent when it was cut off. */
  readonly code?: number | null;
  readonly seconds: number;
  readonly said: string;
  /** Submits that reached the gateway. */
  readonly sent: number;
  /** Regions that take traffic when the command has ended. */
  readonly active: readonly string[];
}

type Command = () => Promise<Pick<Ran, 'code' | 'said'>>;

main(() => withEstate(async (estate) => ({ alone: await alone(estate), together: await together(estate), cutOffSeconds: CUT_OFF_SECONDS, endpoint: ENDPOINT, home: HOME, target: TARGET })));

async function alone(estate: Estate): Promise<object[]> {
  const card = await linesOf(estate, TARGET);
  const commands: { readonly [name: string]: Command } = {
    ours: () => ours(estate, TARGET),
    card: () => plain(estate, `${card.settings}\nexec ${card.submit}`),
    cardRead: () => plain(estate, `${card.settings}\nexec ${card.read}`),
    plain: () => plain(estate, `exec timeout ${CUT_OFF_SECONDS} ${withoutPatience(card.submit)}`),
  };
  const rows: object[] = [];
  for (const { name, fault } of SCENARIOS) {
    say(`fault at ${ENDPOINT}: ${name}`);
    const runs: { [name: string]: Ran } = {};
    for (const [who, command] of Object.entries(commands)) {
      // The read follows the card's submit, as on the card: under the same fault, in the same state.
      if (who !== 'cardRead') await setUp(estate, fault);
      runs[who] = await watched(estate, command);
    }
    rows.push({ name, runs });
  }
  return rows;
}

/** Two operators who go to two Regions in the same moment; ours with the proof that it asks for by itself. */
async function together(estate: Estate): Promise<object> {
  say('two at once');
  const targets = [ENDPOINT, TARGET];
  const cards = await Promise.all(targets.map((target) => linesOf(estate, target)));
  const pairs: { readonly [name: string]: readonly Command[] } = {
    ours: targets.map((target) => () => ours(estate, target, [])),
    card: cards.map((card) => () => plain(estate, `${card.settings}\nexec ${card.submit}`)),
  };
  const rounds: { [name: string]: object[] } = { ours: [], card: [] };
  for (let round = 0; round < TOGETHER_ROUNDS; round += 1) {
    for (const [who, pair] of Object.entries(pairs)) {
      await estate.moveTo(HOME);
      const runs = await Promise.all(pair.map((command) => watched(estate, command)));
      rounds[who].push({ runs, active: await activeIn(estate) });
    }
  }
  return { targets, rounds };
}

async function setUp({ aws, moveTo }: Estate, fault: ControlFaultInput): Promise<void> {
  await moveTo(HOME);
  for (const endpoint of FIVE) await aws.control.setControlEndpoint(endpoint, endpoint === ENDPOINT ? fault : { kind: 'slow', ms: SLOWER_MS });
}

async function watched(estate: Estate, command: Command): Promise<Ran> {
  const since = Date.now();
  const began = performance.now();
  const { code, said } = await command();
  const seconds = (performance.now() - began) / 1_000;
  const log = await estate.aws.control.accessLog(since);
  const sent = log.filter((entry) => entry.operation === 'SubmitMultiRegionAccessPointRoutes' && entry.outcome !== 'landed').length;
  return { code, said, seconds, sent, active: await activeIn(estate) };
}

async function ours({ aws, file }: Estate, target: string, more = ['--proof', 'read-back']): Promise<Pick<Ran, 'code' | 'said'>> {
  const routes = REGIONS.map((region) => `${region}=${region === target ? 'active' : 'passive'}`);
  const { code, stdout } = await runCli(aws, ['routes', 'set', ...routes, '--yes', '--json', ...more, '--manifest', file]);
  const document = JSON.parse(stdout);
  return { code, said: document.sentence ?? document.error.message };
}

async function plain({ aws }: Estate, line: string): Promise<Pick<Ran, 'code' | 'said'>> {
  const { exitCode, stdout, stderr } = await aws.shell(line);
  // `timeout` ends with 124 when it had to cut off.
  return { code: exitCode === 124 ? undefined : exitCode, said: (stderr.trim() || stdout.trim().replace(/\s+/g, ' ')).split('\n').at(-1)! };
}

interface CardLines {
  readonly settings: string;
  readonly submit: string;
  readonly read: string;
}

/** What the card says for a target, at the endpoint with the fault. */
async function linesOf({ file }: Estate, target: string): Promise<CardLines> {
  const { stdout } = await runCli(undefined, ['card', '--manifest', file]);
  const lines = stdout.split('\n');
  const find = (what: string, ...parts: readonly string[]) => {
    const line = lines.find((one) => one.startsWith(what) && parts.every((part) => one.includes(part)));
    if (line === undefined) throw new Error(`the card has no line '${what}' with ${parts.join(', ')}`);
    return line;
  };
  return {
    settings: find('export '),
    submit: find('aws s3control submit-', `--region ${ENDPOINT} `, `Region=${target},TrafficDialPercentage=100`),
    read: find('aws s3control get-', `--region ${ENDPOINT} `),
  };
}

/** As somebody types it who has no card: the AWS CLI's own time-outs and retries. */
function withoutPatience(line: string): string {
  return line.replace(/ --cli-(connect|read)-timeout \d+/g, '');
}

/** As an endpoint tells it that has no fault. */
async function activeIn({ aws, media }: Estate): Promise<string[]> {
  const endpoint = FIVE.find((one) => one !== ENDPOINT)!;
  const { Routes = [] } = await aws.clients.s3Control(endpoint).send(new GetMultiRegionAccessPointRoutesCommand({ AccountId: aws.account, Mrap: media.accessPoint.arn }));
  return Routes.filter((route) => route.TrafficDialPercentage === 100).map((route) => route.Region!);
}
