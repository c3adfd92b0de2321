import * as controller from '../../../../runtime/cli/verbs/controller';
import * as commands from '../../../../runtime/cli/commands/controller';
import type { Verb } from '../../../../runtime/cli/verb';
import { NO_REGISTER, type Register } from '../../../../runtime/core/operate/register';
import { EPOCH, FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { shell } from '../support/shell';

const LINES = [['pause', '--why', 'maintenance'], ['resume'], ['exclude', 'us-west-2', '--why', 'not deployed'], ['include', 'us-west-2']];
const estate = () => new FakeEstate(new VirtualClock());

/** An estate with a controller, whose register notes what it is told. */
function withController() {
  const told: unknown[] = [];
  const note = (name: string) => async (...given: unknown[]) => {
    told.push([name, ...given.filter((one) => !(one instanceof AbortSignal))]);
    return { kind: 'done' } as const;
  };
  const register: Register = { ...NO_REGISTER, brake: note('brake'), release: note('release'), exclude: note('exclude'), include: note('include') };
  const steering = (name: keyof typeof commands): { command: (typeof commands)[typeof name]; verb: Verb } => ({
    command: commands[name],
    verb: { run: (context, given) => controller[name].run({ ...context, world: async () => ({ ...(await context.world()), register }) }, given) },
  });
  const verbs = { pause: steering('pause'), resume: steering('resume'), exclude: steering('exclude'), include: steering('include') };
  return { told, run: (line: readonly string[]) => shell(estate(), line, { verbs }) };
}

test.each(LINES)('%s: without a controller there is nothing to steer, which is what was asked for', async (...line) => {
  const { code, out } = await shell(estate(), line);
  expect(code).toBe(0);
  expect(out).toBe('there is no controller, so nothing moves traffic by itself and there is nothing to steer; nothing was changed\n');
  expect(JSON.parse((await shell(estate(), [...line, '--json'])).out)).toMatchObject({ schema: 'cdk-s3-failover/steering', version: 1, verb: line[0], controller: false, changed: false });
});

test('pause tells the controller who, why and until when', async () => {
  const { told, run } = withController();
  const { code, out } = await run(['pause', '--why', 'maintenance', '--for', '2h']);
  expect(code).toBe(0);
  expect(told).toEqual([['brake', { by: 'arn:aws:iam::111122223333:user/operator', why: 'maintenance', until: expect.any(Number) }]]);
  const { until } = (told as [string, { until: number }][])[0][1];
  expect(until - EPOCH).toBeGreaterThanOrEqual(7_200_000);
  expect(until - EPOCH).toBeLessThan(7_205_000);
  expect(out).toMatch(/^the controller moves no traffic until 2026-11-24T05:00:0\d/);
});

test('pause without a duration holds until resume', async () => {
  const { told, run } = withController();
  expect((await run(['pause', '--why', 'maintenance'])).out).toBe("the controller moves no traffic until 's3-failover resume'\n");
  expect(told).toEqual([['brake', { by: 'arn:aws:iam::111122223333:user/operator', why: 'maintenance' }]]);
});

test('resume, exclude and include tell it the rest', async () => {
  const { told, run } = withController();
  for (const line of LINES.slice(1)) expect((await run(line)).code).toBe(0);
  expect(told).toEqual([['release'], ['exclude', 'us-west-2', 'not deployed'], ['include', 'us-west-2']]);
});

test.each(LINES)('%s: a dry run tells it nothing', async (...line) => {
  const { told, run } = withController();
  expect((await run([...line, '--dry-run'])).out).toMatch(/nothing was done \(--dry-run\)/);
  expect(told).toEqual([]);
});

test.each([['pause'], ['exclude', 'us-west-2'], ['pause', '--why', ' ']])('fails when %s has no reason', async (...line) => {
  const { code, err } = await shell(estate(), line);
  expect(code).toBe(2);
  expect(err).toMatch(/wants a reason/);
});

test.each(['2', 'h', '0h', '-1h', '2 weeks', '31d', '1.5h'])("fails when '--for' is '%s'", async (duration) => {
  const { code, err } = await shell(estate(), ['pause', '--why', 'x', '--for', duration]);
  expect(code).toBe(2);
  expect(err).toMatch(/'--for' must be a duration such as 30min, 2h or 1d, of at most 30 days/);
});

test.each(['exclude', 'include'])('fails when %s names a Region that is none of the access point', async (verb) => {
  const { code, err } = await shell(estate(), [verb, 'eu-central-1', ...(verb === 'exclude' ? ['--why', 'x'] : [])]);
  expect(code).toBe(2);
  expect(err).toMatch(/'region' must be one of the access point's Regions/);
});

