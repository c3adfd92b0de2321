// What the bundle of an observer's function takes in one run over 17 Regions: a process of its own, whose calls are answered by a small server.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup.mjs';
import { measure } from '../measure.mjs';

const REGIONS = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1', 'eu-west-1', 'eu-west-2', 'eu-west-3',
  'eu-central-1', 'eu-north-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2',
];
const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
const ARN = 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap';
const INTERVAL_MS = 2_000;

/** `{ maxRssMiB, calls }` of a voter that runs for so long. */
export async function benchMemory(runMs) {
  const server = await answering();
  const settings = {
    name: 'bench', role: 'voter', accessPointArn: ARN, table: 'bench-controller', keyPrefix: '', topicArn: 'arn:aws:sns:us-east-1:111122223333:bench-controller',
    policy: { order: REGIONS, voters: VOTERS, intervalMs: INTERVAL_MS },
    regions: Object.fromEntries(REGIONS.map((region) => [region, { data: `bench-${region}`, probe: `bench-probe-${region}` }])),
  };
  const env = {
    ...process.env,
    AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's', AWS_ENDPOINT_URL: `http://localhost:${server.port}`,
    S3_FAILOVER_OBSERVER: JSON.stringify(settings), RUN_MS: String(runMs),
  };
  try {
    const { memoryMiB, output } = await measure(['--require', join(ROOT, 'local/emulator/preload.cjs'), join(ROOT, 'bench/controller/run-observer.cjs')], { cwd: ROOT, env, probe: join(ROOT, 'bench/probe.cjs') });
    const decisions = output.split('\n').filter((line) => line.includes('"action"')).length;
    if (decisions < 3) throw new Error(`the voter decided ${decisions} times: ${output.slice(-2000)}`);
    return { maxRssMiB: memoryMiB, calls: server.calls, decisions };
  } finally {
    await server.close();
  }
}

/** Every probe succeeds, and the table holds what was put in it. */
async function answering() {
  const items = new Map();
  const state = { calls: 0 };
  const server = createServer((request, answer) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      state.calls++;
      const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
      if (!target) {
        answer.writeHead(200, { 'x-amz-request-id': 'r', etag: '"e"', 'last-modified': new Date().toUTCString(), 'x-amz-meta-at': String(Date.now()), 'x-amz-meta-count': '1' });
        return answer.end();
      }
      const input = JSON.parse(Buffer.concat(chunks).toString());
      const said = { PutItem: () => void items.set(input.Item.key.S, input.Item), GetItem: () => ({ Item: items.get(input.Key.key.S) }), Query: () => ({ Items: [...items.values()].filter(({ key }) => key.S.startsWith('report/')) }) }[target]?.() ?? {};
      answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      answer.end(JSON.stringify(said));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    get calls() {
      return state.calls;
    },
    close: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(await benchMemory(Number(process.argv[2] ?? 115_000))));
