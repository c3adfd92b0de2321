import { Progress } from '../../../../local/rehearsal/terminal/progress';
import { PLAIN } from '../../../../runtime/cli/terminal/paint';

const STEP = { title: 'Deploy it', number: 4, of: 15 };
const DONE = { id: 'deploy', title: 'Deploy it', outcome: 'done' as const, startedAt: 1_000, endedAt: 22_400, command: 'npx cdk deploy --all', detail: 'us-east-1 active' };

function progress(terminal: boolean, columns = 80) {
  let written = '';
  const made = new Progress({ write: (text) => { written += text; }, terminal, columns: () => columns, paint: PLAIN, now: () => Date.now() });
  return { made, written: () => written };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('writes whole lines and nothing else where there is no terminal', () => {
  const { made, written } = progress(false);
  made.started(STEP);
  made.noted('Media 3/12 create complete AWS::S3::Bucket');
  jest.advanceTimersByTime(3_000);
  made.ended(DONE);

  expect(written()).toBe([
    ' 4/15  Deploy it ...',
    'ok   4/15  Deploy it  21.4 s',
    '           $ npx cdk deploy --all',
    '           us-east-1 active',
    '',
  ].join('\n'));
});

test('says now and then that a long step is still alive where there is no terminal', () => {
  const { made, written } = progress(false);
  made.started(STEP);
  made.noted('Media 3/12');
  jest.advanceTimersByTime(31_000);
  made.close();

  expect(written().match(/still at it after 1?[0-9]\d*\.0 s: Media 3\/12/g)).toHaveLength(2);
});

test('spins on a terminal, with the time and what the step is at, and clears the line after itself', () => {
  const { made, written } = progress(true);
  made.started(STEP);
  made.noted('Media 3/12');
  jest.advanceTimersByTime(1_000);

  expect(written().split('\r\u001b[2K').at(-1)).toMatch(/^\S    4\/15  Deploy it  1\.0 s  Media 3\/12$/);
  made.ended(DONE);
  expect(written()).toContain('\r\u001b[2Kok   4/15  Deploy it  21.4 s\n');
});

test('never writes a line that a terminal would wrap', () => {
  const { made, written } = progress(true, 40);
  made.started(STEP);
  made.noted('a very long note about a resource with a very long name');
  jest.advanceTimersByTime(500);
  made.close();

  for (const line of written().split('\r\u001b[2K')) expect(line.length).toBeLessThan(40);
});

test('shows why a step failed, and no more of an interrupted one than that', () => {
  const { made, written } = progress(false);
  made.ended({ ...DONE, outcome: 'failed', command: undefined, detail: 'no such bucket' });
  made.ended({ ...DONE, outcome: 'interrupted', command: undefined, detail: 'interrupted' });

  expect(written()).toBe('failed    Deploy it  21.4 s\n           no such bucket\ninterrupted    Deploy it  21.4 s\n');
});

test('stops ticking when the step has ended', () => {
  const { made } = progress(true);
  made.started(STEP);
  made.ended(DONE);

  expect(jest.getTimerCount()).toBe(0);
});
