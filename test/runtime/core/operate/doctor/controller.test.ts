import { CallError } from '../../../../../runtime/core/calls/call-error';
import { policyOf } from '../../../../../runtime/core/controller/policy';
import { formatReport, reportKey, type Report } from '../../../../../runtime/core/controller/report';
import { controller } from '../../../../../runtime/core/operate/doctor/checks/controller';
import { findingsOf } from '../../../../../runtime/core/operate/doctor/check';
import { Facts } from '../../../../../runtime/core/operate/doctor/facts';
import { beginRegister, CONTROLLED, CONTROLLER, withController } from '../../../support/controlled';
import { FakeDoctor } from '../../../support/fake-doctor';
import { FakeEstate } from '../../../support/fake-estate';
import { VirtualClock } from '../../../support/virtual-clock';

const VOTERS = CONTROLLER.policy.voters;
const [EAST, EAST2, WEST] = VOTERS;

interface Setting {
  readonly prepare?: (world: FakeEstate) => void;
  /** Voters that report each second. */
  readonly reporting?: readonly string[];
  readonly reported?: (region: string) => Partial<Report>;
  readonly denied?: 'get' | 'put';
  readonly written?: boolean;
}

/** What the check says of a controller, good ones left out. */
async function complaints({ prepare = () => undefined, reporting = VOTERS, reported = () => ({}), denied, written = true }: Setting = {}): Promise<string[]> {
  const world = new FakeEstate(new VirtualClock(), { manifest: CONTROLLED });
  const { hash } = policyOf({ ...CONTROLLER.policy, order: world.estate.members });
  if (written) beginRegister(world, EAST);
  prepare(world);
  const no = (region: string) => Promise.reject(new CallError({ call: 'dynamodb', region, code: 'AccessDeniedException', status: 400, reason: 'no' }));
  const port = withController(world);
  const replica = (region: string) => ({ ...world.table(region), ...(denied && { [denied]: () => no(region) }) });
  return world.clock.run(async () => {
    let over = false;
    const voting = (async () => {
      for (let sequence = 1; !over; sequence++) {
        for (const region of reporting) {
          const observer = { role: 'voter', region } as const;
          world.memory.write(reportKey(observer), formatReport({ observer, boot: 1, sequence, policy: hash, code: '1', regions: {}, ...reported(region) }));
        }
        await world.clock.sleep(1_000);
      }
    })();
    const facts = new Facts({ ...world.world(), ...new FakeDoctor(world).adapters(), ...port, controller: { ...port.controller, replica }, parameter: async () => undefined, manifestFrom: { words: 'a test' } }, new AbortController().signal);
    const found = await findingsOf(controller, facts);
    over = true;
    await voting;
    return found.filter(({ severity }) => severity !== 'good').map(({ severity, code, where }) => [severity, code, where].filter(Boolean).join(' | '));
  });
}

test.each<[string, Setting, string[]]>([
  ['all is well', {}, []],
  ['one control Region is dead', { prepare: (world) => world.kill(EAST2) }, [`warns | table-unreachable | ${EAST2}`]],
  ['two of them are dead', { prepare: (world) => [EAST2, WEST].forEach((region) => world.kill(region)) }, [`fails | table-unreachable | ${EAST2}`, `fails | table-unreachable | ${WEST}`]],
  ['the caller may not read the register', { denied: 'get' }, VOTERS.map((region) => `fails | not-allowed | ${region}`)],
  ['the caller may not write it', { denied: 'put' }, VOTERS.map((region) => `warns | not-allowed | ${region}`)],
  ['a voter never reported', { reporting: [EAST, WEST] }, [`warns | voter-silent | ${EAST2}`]],
  ['two voters never reported', { reporting: [WEST] }, [`fails | voter-silent | ${EAST}`, `fails | voter-silent | ${EAST2}`, 'warns | controller-alarms']],
  ['a voter follows another policy', { reported: (region) => (region === WEST ? { policy: 'other' } : {}) }, ['warns | policy-differs']],
  ['a voter runs other code', { reported: (region) => (region === WEST ? { code: '2' } : {}) }, ['warns | code-differs']],
  ['no voter has looked where traffic is', { written: false }, ['warns | register-not-written']],
])('%s', async (_, setting, expected) => expect(await complaints(setting)).toEqual(expected));

test('without a controller there is nothing to look at', async () => {
  const world = new FakeEstate(new VirtualClock());
  const facts = new Facts({ ...world.world(), ...new FakeDoctor(world).adapters(), parameter: async () => undefined, manifestFrom: { words: 'a test' } }, new AbortController().signal);
  expect(await findingsOf(controller, facts)).toMatchObject([{ severity: 'good', sentence: 'there is no controller: nothing moves traffic by itself' }]);
});

test('the look changes nothing in the table', async () => {
  const puts: string[] = [];
  await complaints({ prepare: (world) => (world.memory.fault = (call, _, key) => (call === 'put' ? void puts.push(key) : undefined)) });
  expect(new Set(puts)).toEqual(new Set(['doctor/never-stored']));
});
