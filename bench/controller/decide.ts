// What one decision costs: 17 Regions, five observers and twenty, by what is going on. Prints JSON.
import { performance } from 'node:perf_hooks';
import { decide } from '../../runtime/core/controller/decide';
import { policyOf } from '../../runtime/core/controller/policy';
import { claimed } from '../../runtime/core/controller/register-moves';
import type { SeenReport, Sight } from '../../runtime/core/controller/report';
import type { View } from '../../runtime/core/controller/view';
import { REGIONS } from '../apps/regions';

const VOTERS = ['us-east-1', 'us-east-2', 'us-west-2'];
const [ACTIVE, TARGET] = REGIONS;
const policy = policyOf({ order: REGIONS, voters: VOTERS });
const WELL: Sight = { result: 'ok', elsewhere: true };
const GONE: Sight = { result: 'down', downForMs: 61_000, elsewhere: true, reason: 'no answer in time' };
/** Calls that are timed together: one alone is shorter than what a clock tells. */
const BATCH = 200;
const BATCHES = 500;

function view(active: Sight, selves: number, ownWord: Sight): View {
  const report = (role: 'voter' | 'self', region: string, regions: readonly string[]): SeenReport => ({
    observer: { role, region },
    boot: 3,
    sequence: 9,
    policy: policy.hash,
    code: 'now',
    regions: Object.fromEntries(regions.map((name) => [name, name === ACTIVE ? (role === 'self' ? ownWord : active) : WELL])),
    ageMs: 4_000,
    stillForMs: 4_000,
  });
  const state = claimed(undefined, { id: 'first', kind: 'adopted', by: 'the deployment', why: 'it begins', active: [ACTIVE], coolDownMs: 0 });
  return {
    self: VOTERS[0],
    register: { kind: 'read', state, revision: 1, coolDownLeftMs: 0, actAgeMs: 900_000, seenForMs: 5_000 },
    reports: [...VOTERS.map((region) => report('voter', region, REGIONS)), ...REGIONS.slice(0, selves).map((region) => report('self', region, [region]))],
    routes: { kind: 'seen', active: [ACTIVE], confirmed: true },
    lag: {},
  };
}

const CASES = [2, REGIONS.length].flatMap((selves) => [
  { title: 'all is well', selves, of: view(WELL, selves, WELL), reason: 'healthy' },
  { title: 'a failover is decided', selves, of: view(GONE, selves, GONE), reason: 'down for long enough' },
  { title: 'disputed', selves, of: view(GONE, selves, WELL), reason: 'disputed' },
]);

const results = CASES.map(({ title, selves, of, reason }) => {
  const decision = decide(of, policy, 0);
  if (decision.reason !== reason) throw new Error(`'${title}' decided: ${decision.sentence}`);
  if ('to' in decision && decision.to !== TARGET) throw new Error(`'${title}' chose ${decision.to}`);
  for (let i = 0; i < 20 * BATCH; i++) decide(of, policy, 0);
  const each = Array.from({ length: BATCHES }, () => {
    const began = performance.now();
    for (let i = 0; i < BATCH; i++) decide(of, policy, 0);
    return ((performance.now() - began) * 1_000) / BATCH;
  }).sort((a, b) => a - b);
  return { title, observers: VOTERS.length + selves, medianUs: each[BATCHES / 2], p99Us: each[Math.floor(BATCHES * 0.99)] };
});
console.log(JSON.stringify({ regions: REGIONS.length, results }));
