import { anyReplica } from '../../../runtime/aws/any-replica';
import type { Table } from '../../../runtime/core/controller/ports';
import { within } from '../../../runtime/core/calls/side-by-side';
import { VirtualClock } from '../support/virtual-clock';

const REGIONS = ['us-east-1', 'us-east-2', 'us-west-2'];
const clock = new VirtualClock();
let calls: string[];
/** What each replica does: it answers, refuses, or is silent until it is given up. */
let is: { [region: string]: 'well' | 'dead' | 'silent' };

beforeEach(() => {
  calls = [];
  is = Object.fromEntries(REGIONS.map((region) => [region, 'well']));
});

function replicas(): Table {
  const call = async <T>(what: string, region: string, value: T): Promise<T> => {
    calls.push(`${what} ${region}`);
    if (is[region] === 'silent') return new Promise<never>(() => undefined);
    if (is[region] === 'dead') throw new Error(`${region} is dead`);
    return value;
  };
  return anyReplica(
    REGIONS.map((region) => ({
      region,
      table: {
        get: () => call('get', region, { item: { of: region }, revision: 1 }),
        list: () => call('list', region, new Map()),
        put: () => call('put', region, 'written' as const),
      },
    })),
    clock,
  );
}

/** As the controller calls a table: it gives up after two seconds. */
async function told<T>(make: (signal: AbortSignal) => Promise<T>): Promise<T | string> {
  const answer = within('the table', clock, 2_000, make).catch((error: Error) => error.message);
  await clock.pass(2_000);
  return answer;
}

test('the first replica is asked, and goes on being asked while it answers', async () => {
  const table = replicas();
  await told((signal) => table.get('register', signal));
  await told((signal) => table.put('report/self/eu-west-1', {}, 1, signal));
  expect(calls).toEqual(['get us-east-1', 'put us-east-1']);
});

test('a read goes on to the next replica, and the one that answered is asked first from then on', async () => {
  const table = replicas();
  is = { ...is, 'us-east-1': 'dead', 'us-east-2': 'silent' };
  await expect(told((signal) => table.get('register', signal))).resolves.toEqual({ item: { of: 'us-west-2' }, revision: 1 });
  await told((signal) => table.list('report/', signal));
  expect(calls).toEqual(['get us-east-1', 'get us-east-2', 'get us-west-2', 'list us-west-2']);
});

test('all three are asked within the time that the controller gives a table, whatever two of them do', async () => {
  const table = replicas();
  is = { ...is, 'us-east-1': 'silent', 'us-east-2': 'silent' };
  await expect(told((signal) => table.list('report/', signal))).resolves.toEqual(new Map());
});

test('fails when no replica answers', async () => {
  const table = replicas();
  is = { 'us-east-1': 'dead', 'us-east-2': 'dead', 'us-west-2': 'dead' };
  await expect(told((signal) => table.get('register', signal))).resolves.toBe('us-west-2 is dead');
});

test.each(['dead', 'silent'] as const)('a write is sent to one replica alone, which is %s, and the next call goes to another', async (how) => {
  const table = replicas();
  is = { ...is, 'us-east-1': how };
  await expect(told((signal) => table.put('report/self/eu-west-1', {}, 1, signal))).resolves.toEqual(expect.any(String));
  expect(calls).toEqual(['put us-east-1']);
  await told((signal) => table.get('report/self/eu-west-1', signal));
  await told((signal) => table.put('report/self/eu-west-1', {}, 1, signal));
  expect(calls.slice(1)).toEqual(['get us-east-2', 'put us-east-2']);
});
