import { createHash } from 'node:crypto';
import { majorityOf, policyOf, type Failback, type PolicySettings } from '../../../../runtime/core/controller/policy';
import { settings } from './estate';

test('takes safe defaults', () => {
  expect(policyOf(settings())).toMatchObject({ intervalMs: 10_000, probeTimeoutMs: 5_000, unhealthyForMs: 60_000, disputedForMs: 600_000, failback: { kind: 'manual' }, actOnSlow: false });
});

test('takes probes each two seconds', () => {
  expect(policyOf(settings({ intervalMs: 2_000, unhealthyForMs: 7_000 }))).toMatchObject({ probeTimeoutMs: 1_000, staggerMs: 3_000 });
});

test('has the same hash for the same settings, in whatever order they are given', () => {
  const one = policyOf({ order: settings().order, voters: settings().voters, coolDownMs: 600_000 });
  const other = policyOf({ coolDownMs: 600_000, voters: settings().voters, order: settings().order });
  expect(one.hash).toBe(other.hash);
  expect(policyOf(settings({ quorum: { n: 3, k: 2 } })).hash).toBe(policyOf(settings({ quorum: { k: 2, n: 3 } })).hash);
});

test('has the same hash with a setting that is left out as with one that is set to nothing, as JSON leaves it out', () => {
  const nothing = { kind: 'manual', forMs: undefined } as Failback;
  expect(policyOf(settings({ failback: nothing })).hash).toBe(policyOf(settings({ failback: { kind: 'manual' } })).hash);
});

test('has the hash that other versions of the code find for it: voters of two hashes do not vote together', () => {
  const one = policyOf({ order: ['us-east-1', 'us-west-2'], voters: ['us-east-1', 'us-east-2', 'us-west-2'], vetoAlarms: [{ region: 'us-east-1', name: 'orders' }] });
  const canonical =
    '{"actOnSlow":false,"coolDownMs":1800000,"disputedForMs":600000,"failback":{"kind":"manual"},"intervalMs":10000,"order":["us-east-1","us-west-2"],"probeTimeoutMs":5000,' +
    '"quorum":{"k":2,"n":3},"staggerMs":15000,"unhealthyForMs":60000,"vetoAlarms":[{"name":"orders","region":"us-east-1"}],"voters":["us-east-1","us-east-2","us-west-2"]}';
  expect(one.hash).toBe(createHash('sha256').update(canonical).digest('hex').slice(0, 16));
});

test('a majority is more than half', () => {
  expect([1, 2, 3, 4, 5].map((count) => majorityOf({ voters: Array(count).fill('us-east-1') }))).toEqual([1, 2, 2, 3, 3]);
});

test.each<Partial<PolicySettings>>([{ coolDownMs: 600_000 }, { order: ['us-west-2', 'us-east-1', 'eu-west-1'] }, { maxDataLossMs: 60_000 }, { vetoAlarms: [{ region: 'us-east-1', name: 'orders' }] }, { actOnSlow: true }, { failback: { kind: 'when drained', forMs: 1 } }])('has another hash for %j', (changed) => {
  expect(policyOf(settings(changed)).hash).not.toBe(policyOf(settings()).hash);
});

test.each<[string, Partial<PolicySettings>, RegExp]>([
  ['the interval is under 2 s', { intervalMs: 1_000 }, /^'intervalMs' must be at least 2000, got 1000$/],
  ['a probe may take as long as the interval', { probeTimeoutMs: 10_000 }, /^'probeTimeoutMs' must be under 'intervalMs' \(10000\), got 10000; /],
  ['a Region need not be down for 3 intervals and a probe', { unhealthyForMs: 34_999 }, /^'unhealthyForMs' must be at least 3 intervals and a probe \(35000\), got 34999; /],
  ['a dispute needs less patience than none', { unhealthyForMs: 60_000, disputedForMs: 50_000 }, /^'disputedForMs' must be at least 'unhealthyForMs'/],
  ['the cool-down is under propagation, stagger and deadline together', { coolDownMs: 164_999 }, /^'coolDownMs' must be at least .* \(165000\), got 164999; /],
  ['a time is no number', { staggerMs: NaN }, /^'staggerMs' must be more than 0/],
  ['a time is negative', { failback: { kind: 'when drained', forMs: -1 } }, /^'failback' must be more than 0/],
  ['a loss is shorter than the time between two heartbeats', { maxDataLossMs: 59_999 }, /^'maxDataLossMs' must be from 60000, the time between two heartbeats, to 7 days, got 59999; nobody can tell a shorter lag$/],
  ['a veto alarm is in no Region', { vetoAlarms: [{ region: 'mars', name: 'orders' }] }, /^'vetoAlarms' must name Regions, got 'mars'$/],
  ['a veto alarm has no name', { vetoAlarms: [{ region: 'us-east-1', name: '' }] }, /^'vetoAlarms' must be named with 1 to 255 characters, got 0$/],
  ['a veto alarm is named twice', { vetoAlarms: [{ region: 'us-east-1', name: 'a' }, { region: 'us-east-1', name: 'a' }] }, /^'vetoAlarms' may name an alarm only once, got 'a in us-east-1' twice$/],
  ['there are too many veto alarms', { vetoAlarms: Array.from({ length: 11 }, (_, i) => ({ region: 'us-east-1', name: `a${i}` })) }, /^'vetoAlarms' may be at most 10, got 11; put them together in a composite alarm$/],
  ['the order has one Region', { order: ['us-east-1'] }, /^'order' needs at least 2 Regions, got 1; /],
  ['the order names a Region twice', { order: ['us-east-1', 'us-east-1'] }, /^'order' may name a Region only once/],
  ['the order holds what is no Region', { order: ['us-east-1', '../register'] }, /^'order' must hold names of Regions, got '..\/register'$/],
  ['there are two voters', { voters: ['us-east-1', 'us-east-2'] }, /^'voters' must be 3 control Regions, got 2$/],
  ['the quorum asks for more probes than it looks at', { quorum: { k: 4, n: 3 } }, /^'quorum' must be whole numbers/],
  ['the quorum cannot be reached in time', { quorum: { k: 9, n: 9 } }, /^'unhealthyForMs' must hold the 9 failed probes/],
])('fails when %s', (_, changed, error) => {
  expect(() => policyOf(settings(changed))).toThrow(error);
});
