import type { Plan } from '../../../runtime/core/operate/act/plan';
import { routesWith } from '../../../runtime/core/routes/routes';
import { CallError } from '../../../runtime/core/calls/call-error';
import type { Command } from '../../../runtime/cli/command';
import { ExitCode } from '../../../runtime/cli/exit-code';
import { refusal } from '../../../runtime/cli/problem';
import type { Verb, VerbContext, VerbResult } from '../../../runtime/cli/verb';
import { FakeEstate } from '../support/fake-estate';
import { VirtualClock } from '../support/virtual-clock';
import { FakeInterrupt, OPERATOR, shell, type ShellOptions } from './support/shell';

const COMMAND: Command = { name: 'act', summary: 'act', examples: [{ line: 's3-failover act', why: 'to see it' }], timeoutSeconds: 30 };
const done = (document = {}): VerbResult => ({ code: ExitCode.DONE, document: { schema: 'cdk-s3-failover/act', version: 1, ...document }, text: (paint) => `${paint.good('done')}\n` });

/** Runs one verb that does what the test says. */
function act(does: (context: VerbContext) => Promise<VerbResult>, line = 'act', options: ShellOptions & { world?: FakeEstate; command?: Partial<Command> } = {}) {
  const verb: Verb = { run: does };
  return shell(options.world ?? new FakeEstate(new VirtualClock()), line, { ...options, verbs: { act: { command: { ...COMMAND, ...options.command }, verb } } });
}

const PLAN: Plan = {
  verb: 'switchover',
  before: routesWith(['us-east-1'], ['us-east-1', 'us-west-2']),
  after: routesWith(['us-west-2'], ['us-east-1', 'us-west-2']),
  leaves: ['us-east-1'],
  targets: ['us-west-2'],
  checks: [
    { name: 'lag', state: 'good', sentence: 'nothing is pending' },
    { name: 'uploads', state: 'doubt', sentence: '2 uploads are open', fix: 'end them' },
    { name: 'fence', state: 'bad', sentence: 'one is left' },
  ],
  promises: ['Nothing is lost.'],
  expectedOutageSeconds: 130,
};
const confirming = async ({ teller }: VerbContext) => done({ answer: await teller.confirm(PLAN) });
const forcing = async ({ teller }: VerbContext) => done({ answer: await teller.confirm({ ...PLAN, verb: 'failover' }) });

describe('the result', () => {
  test('goes to standard output as text, coloured on a terminal only', async () => {
    expect(await act(async () => done())).toMatchObject({ code: 0, out: 'done\n', err: '' });
    expect(await act(async () => done(), 'act', { terminal: true })).toMatchObject({ out: '<g>done</g>\n' });
  });

  test('is one document with --json', async () => {
    const { out } = await act(async () => done({ answer: 42 }), 'act --json');
    expect(JSON.parse(out)).toEqual({ schema: 'cdk-s3-failover/act', version: 1, answer: 42 });
  });

  test('has the exit code that the verb says', async () => {
    expect((await act(async () => ({ ...done(), code: ExitCode.UNPROVEN }))).code).toBe(5);
  });
});

describe('what goes wrong', () => {
  test('a problem is told with what to do next, and has its own exit code', async () => {
    const refused = async () => {
      throw refusal('Lagging', 'us-west-2 is 40 s behind', ['s3-failover status']);
    };
    expect(await act(refused)).toMatchObject({ code: 3, out: '', err: 'error  us-west-2 is 40 s behind\nnext   s3-failover status\n' });
    const { code, out, err } = await act(refused, 'act --json');
    expect([code, err]).toEqual([3, '']);
    expect(JSON.parse(out)).toEqual({
      schema: 'cdk-s3-failover/error',
      version: 1,
      verb: 'act',
      exitCode: 3,
      error: { code: 'Lagging', message: 'us-west-2 is 40 s behind', next: ['s3-failover status'] },
    });
  });

  test.each([
    ['a denied call', new CallError({ call: 's3 PutBucketPolicy', region: 'eu-west-1', code: 'AccessDenied', status: 403, reason: 'no' }), /s3 PutBucketPolicy in eu-west-1 was answered 403 AccessDenied: no\nnext {3}allow 's3:PutBucketPolicy'/],
    ['expired credentials', new CallError({ call: 's3 HeadBucket', region: 'eu-west-1', code: 'ExpiredToken', status: 403, reason: 'old' }), /next {3}aws sts get-caller-identity\nnext {3}aws sso login/],
    ['a wrong clock', new CallError({ call: 's3 HeadBucket', region: 'eu-west-1', code: 'RequestTimeTooSkewed', status: 403, reason: 'late' }), /next {3}date -u\n/],
    ['no credentials', Object.assign(new Error('Could not load credentials\nfrom any providers'), { name: 'CredentialsProviderError' }), /^error {2}there are no usable credentials: Could not load credentials from any providers\n/],
    ['anything else', new TypeError('x is not a function'), /a mistake of this tool's own, or of its surroundings: TypeError: x is not a function\nnext {3}s3-failover act --verbose\n$/],
  ])('%s is told without a stack', async (_, error, expected) => {
    const { code, err } = await act(() => Promise.reject(error));
    expect(err).toMatch(expected);
    expect(err).not.toMatch(/\n {4}at /);
    expect(code).toBe(1);
  });

  test('the stack is told with --verbose', async () => {
    expect((await act(() => Promise.reject(new TypeError('x is not a function')), 'act --verbose')).err).toMatch(/TypeError: x is not a function\n {4}at /);
  });

  test('a verb that takes too long is told so by its signal', async () => {
    const waiting = async ({ clock, signal }: VerbContext) => {
      await clock.sleep(3_600_000, signal);
      throw new Error('aborted');
    };
    const world = new FakeEstate(new VirtualClock());
    const { err } = await act(waiting, 'act --timeout 5', { world });
    expect(err).toBe("error  'act' was not done within 5 s\nnext   s3-failover act --timeout 15\n");
    expect(world.clock.now()).toBe(5_000);
    expect(world.clock.pendingTimers).toBe(0);
  });

  test('fails when a verb that only looks does not heed its signal, a while later', async () => {
    const world = new FakeEstate(new VirtualClock());
    const { code, err } = await act(() => new Promise(() => undefined), 'act --timeout 5', { world });
    expect([code, err]).toEqual([1, "error  'act' was not done within 5 s\nnext   s3-failover act --timeout 15\n"]);
    expect(world.clock.now()).toBe(15_000);
  });

  test('an act is waited for, however long its orderly end takes', async () => {
    const world = new FakeEstate(new VirtualClock());
    const slow = async ({ clock }: VerbContext) => (await clock.sleep(60_000), done());
    expect((await act(slow, 'act --timeout 5 --yes', { world, command: { asks: true } })).code).toBe(0);
    expect(world.clock.now()).toBe(60_000);
  });

  test('no timer is left of a verb that was in time', async () => {
    const world = new FakeEstate(new VirtualClock());
    await act(async () => done(), 'act', { world });
    expect(world.clock.pendingTimers).toBe(0);
  });
});

describe('asking', () => {
  test('shows the plan on standard error, and takes yes for yes alone', async () => {
    const { out, err, questions } = await act(confirming, 'act --json', { terminal: true, answers: ['y'] });
    expect(JSON.parse(out).answer).toBe('yes');
    expect(questions).toEqual(['Go ahead? [y/N] ']);
    expect(err).toBe(
      [
        '<s>switchover to us-west-2</s>',
        '<f>REGION</f>     <f>BEFORE</f>   <f>AFTER</f>',
        'us-east-1  <g>active</g>   <f>passive</f>',
        'us-west-2  <f>passive</f>  <g>active</g>',
        '<g>ok</g>  lag: nothing is pending',
        '<w>? </w>  uploads: 2 uploads are open; end them',
        '<b>no</b>  fence: one is left',
        'Nothing is lost.',
        'Writes are refused for up to about 2 min 10 s.',
        '',
      ].join('\n'),
    );
    for (const answer of ['', 'n', 'us-west-2', 'yes please']) {
      expect(JSON.parse((await act(confirming, 'act --json', { terminal: true, answers: [answer] })).out).answer).toBe('no');
    }
  });

  test('wants the name of the target for an act that may lose data', async () => {
    const answered = async (answer: string) => JSON.parse((await act(forcing, 'act --json', { terminal: true, answers: [answer] })).out).answer;
    expect(await answered('us-west-2')).toBe('yes');
    for (const answer of ['y', 'yes', 'us-west', '']) expect(await answered(answer)).toBe('no');
  });

  test('--yes answers, with a person there or not', async () => {
    for (const terminal of [true, false]) {
      const { out, questions } = await act(confirming, 'act --json --yes', { terminal });
      expect([JSON.parse(out).answer, questions]).toEqual(['yes', []]);
    }
  });

  test('a dry run never says yes, not even with --yes', async () => {
    expect(JSON.parse((await act(confirming, 'act --json --yes --dry-run')).out).answer).toBe('no');
  });

  test('fails when a verb asks, nobody can be asked, and --yes is missing: before anything is asked of AWS', async () => {
    const world = new FakeEstate(new VirtualClock());
    const { code, err } = await act(confirming, 'act', { world, command: { asks: true } });
    expect(code).toBe(ExitCode.USAGE);
    expect(err).toContain("error  'act' asks before it acts, and nobody can be asked here; '--yes' answers with yes");
    expect(world.calls).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  const interrupted = (presses: number, ends: (context: VerbContext) => Promise<VerbResult>) => {
    const interrupt = new FakeInterrupt();
    const does = async (context: VerbContext) => {
      context.teller.step('fence');
      for (let i = 0; i < presses; i++) interrupt.press();
      return ends(context);
    };
    return act(does, 'act', { interrupt });
  };

  test('once lets a verb end in order, with the result that it comes to', async () => {
    const { code, err } = await interrupted(1, async ({ signal }) => ({ ...done(), code: signal.aborted ? ExitCode.UNKNOWN : ExitCode.DONE }));
    expect(code).toBe(ExitCode.UNKNOWN);
    expect(err).toContain('Interrupted: coming to an orderly end ...\n');
  });

  test('once is the exit code of a verb that comes to no result', async () => {
    const { code, err } = await interrupted(1, () => Promise.reject(new Error('aborted')));
    expect(code).toBe(ExitCode.INTERRUPTED);
    expect(err).toContain('error  interrupted before there was a result\n');
  });

  test('twice says what is waited for, and leaves nothing half done', async () => {
    const { code, err } = await interrupted(2, async () => done());
    expect(err).toContain("Still coming to an end in the middle of 'fence'. Once more leaves at once, and leaves open what then is.\n");
    expect(code).toBe(0);
  });

  test('three times leaves at once, and says what that leaves open', async () => {
    const { err } = await interrupted(3, async () => done());
    expect(err).toContain("Left at once in the middle of 'fence': routes are as they were, or as they were meant to be, and a fence lapses by itself.\nTo find out: s3-failover status\n[left with 130]\n");
  });
});

describe('the facts', () => {
  const world = async (context: VerbContext) => {
    const { who, estate } = await context.world();
    return done({ who, regions: estate.regions, from: (await context.manifest()).from });
  };

  test('the world is the manifest and the caller, each asked once', async () => {
    const estate = new FakeEstate(new VirtualClock());
    const { out } = await act(async (context) => (await context.world(), world(context)), 'act --json', { world: estate });
    expect(JSON.parse(out)).toMatchObject({ who: OPERATOR.arn, regions: ['us-east-1', 'us-west-2', 'eu-west-1'], from: expect.stringMatching(/^parameter \/s3-failover\/media in /) });
    expect(estate.calls.filter(({ call }) => call === 'caller')).toHaveLength(5);
  });

  test('fails when the manifest is about another account or partition than the caller', async () => {
    const caller = { account: '444455556666', partition: 'aws-cn', arn: 'arn:aws-cn:iam::444455556666:user/x' };
    const { code, err } = await act(world, 'act', { caller });
    expect(code).toBe(ExitCode.REFUSED);
    expect(err).toMatch(/^error {2}the manifest \(parameter .*\) is not about the caller's account: its account is '111122223333' and the caller's is '444455556666', and its partition is 'aws' and the caller's is 'aws-cn'; the caller is arn:aws-cn:iam::444455556666:user\/x\n/);
  });

  test('fails when the credentials have expired', async () => {
    const expired = new CallError({ call: 'sts GetCallerIdentity', region: 'us-east-1', code: 'ExpiredToken', status: 403, reason: 'old' });
    expect(await act(world, 'act', { caller: expired })).toMatchObject({ code: 1, err: expect.stringContaining('next   aws sso login') });
  });

  test('goes on, and says so, where nobody can tell who the caller is', async () => {
    const silent = new CallError({ call: 'sts GetCallerIdentity', region: 'us-east-1', code: 'ECONNREFUSED', reason: 'dead' });
    const { code, out, err } = await act(world, 'act --json', { caller: silent });
    expect([code, JSON.parse(out).who]).toEqual([0, 'unknown']);
    expect(err).toContain("that the manifest is about the caller's account was not checked");
  });

  test('credentials that never come are waited for no longer than a while', async () => {
    const estate = new FakeEstate(new VirtualClock());
    const { code, out } = await act(world, 'act --json', { world: estate, aws: { caller: () => new Promise(() => undefined) } });
    expect([code, JSON.parse(out).who]).toEqual([0, 'unknown']);
    expect(estate.clock.now()).toBe(10_000);
  });

  test('Regions to avoid are not asked who the caller is', async () => {
    const estate = new FakeEstate(new VirtualClock());
    await act(async (context) => (await context.world({ avoid: ['us-east-1'] }), done()), 'act', { world: estate });
    expect(estate.calls.filter(({ call }) => call === 'caller').map(({ region }) => region)).toEqual(['us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1']);
  });

  test('a bucket of a Region that the manifest does not have is a mistake of ours', async () => {
    const { err } = await act(async (context) => ((await context.world()).buckets('sa-east-1'), done()));
    expect(err).toContain("'sa-east-1' is no Region of the manifest (us-east-1, us-west-2, eu-west-1)");
  });
});

describe('telling', () => {
  const steps = async ({ teller, clock }: VerbContext) => {
    teller.step('fence');
    await clock.sleep(3_000);
    teller.step('drain');
    teller.progress(25, 100, '25 of 100 versions');
    await clock.sleep(1_000);
    teller.say('somebody else is at work');
    return done();
  };

  test('in whole lines where there is no terminal', async () => {
    expect((await act(steps)).err).toBe('fence ...\nok  fence  3.0 s\ndrain ...\nsomebody else is at work\nok  drain  1.0 s\n');
  });

  test('in a line that is redrawn on a terminal, with a bar', async () => {
    const { err } = await act(steps, 'act', { terminal: true });
    expect(err.split('\r\u001b[2K').filter(Boolean)).toEqual([
      expect.stringMatching(/^. {3}fence {2}0\.0 s$/),
      '<g>ok</g>  fence  <f>3.0 s</f>\n',
      expect.stringMatching(/^. {3}drain {2}0\.0 s$/),
      'somebody else is at work\n',
      expect.stringMatching(/^. {3}drain {2}1\.0 s {2}\[#####-{15}\] {2}25 % {2}25 of 100 versions$/),
      '<g>ok</g>  drain  <f>1.0 s</f>\n',
    ]);
  });

  test('that a step was stopped when the verb fails', async () => {
    const { err } = await act(async ({ teller }) => (teller.step('fence'), Promise.reject(refusal('No', 'no'))));
    expect(err).toBe('fence ...\n--  fence  0.0 s\nerror  no\n');
  });
});
