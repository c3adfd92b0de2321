import { readFileSync, writeFileSync } from 'fs';
import { join } from 'path';
import { renderText } from '../../../../local/rehearsal/report/text';
import type { Paint } from '../../../../runtime/cli/terminal';
import { sampleReport } from '../support/sample';

/** `UPDATE_GOLDEN=1` rewrites the files; look at the difference before committing it. */
function expectGolden(name: string, actual: string): void {
  const file = join(__dirname, 'golden', name);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, actual);
  expect(actual).toBe(readFileSync(file, 'utf8'));
}

const FAILED = sampleReport(({ run, recording }) => ({
  run: {
    outcome: 'failed',
    results: [
      ...run.results.slice(0, 3),
      { ...run.results[3], outcome: 'failed', detail: "'cdk deploy' ended with status 1: no control endpoint answered" },
      { ...run.results[4], outcome: 'skipped', detail: '' },
    ],
  },
  recording: {
    ...recording,
    audit: undefined,
    writes: recording.writes.filter((write) => write.startedAt < 54_000),
    reads: recording.reads.filter((read) => read.startedAt < 54_000),
    switches: [{ ...recording.switches[0], acceptedAt: undefined, commandEndedAt: undefined, routesAfter: undefined, missingAtSwitch: [] }],
    marks: recording.marks.filter((mark) => mark.at < 54_000),
  },
}));

test('sums up a rehearsal that passed', () => {
  expectGolden('passed.txt', renderText(sampleReport()));
});

test('sums up a rehearsal that failed, without claiming what it did not see', () => {
  expectGolden('failed.txt', renderText(FAILED));
});

test('says little where nothing was written', () => {
  const text = renderText(sampleReport(({ run, recording }) => ({
    run: { outcome: 'failed', results: [{ ...run.results[0], outcome: 'failed', detail: 'the emulator is not installed' }] },
    recording: { ...recording, writes: [], reads: [], switches: [], marks: [], audit: undefined },
  })));

  expect(text).toBe('\nRehearsal failed after 1 min 36 s\nStart the local AWS: the emulator is not installed\n');
});

test('says of a failover that nobody gave a command for who decided, and its three clocks', () => {
  const text = renderText(sampleReport(({ recording: { switches: [first, second], ...rest } }) => {
    const { command, ...automatic } = first;
    const decision = { at: automatic.commandAt + 7_400, by: 'the voter in us-east-2', why: 'us-east-1 is down to 2 voters for 7 s; us-west-2 takes over' };
    return { recording: { ...rest, switches: [{ ...automatic, kind: 'automatic', decision }, second] } };
  }));

  expect(text).toContain('Fail over by itself: us-east-1 -> us-west-2\n  without service');
  expect(text).toMatch(/fault to decision +7\.4 s +the voter in us-east-2: us-east-1 is down to 2 voters for 7 s;\s+us-west-2 takes over/);
  expect(text).toMatch(/decision to accepted +1\.6 s +a control endpoint has taken the new routes/);
  expect(text).toMatch(/fault to served +14\.0 s +nobody gave a command/);
  expect(text.match(/command to accepted/g)).toHaveLength(1);
});

test('names lost writes first', () => {
  const text = renderText(sampleReport(({ recording }) => ({
    recording: { ...recording, audit: { ...recording.audit!, copies: recording.audit!.copies.filter((copy) => copy.id !== 3) } },
  })));

  expect(text).toContain('1 acknowledged write lost: in no Region at the end.');
  expect(text).toMatch(/lost +1 +acknowledged and in no Region/);
});

test('counts copies that are missing though no write is lost', () => {
  const text = renderText(sampleReport(({ recording }) => ({
    recording: { ...recording, audit: { copies: recording.audit!.copies.filter((copy) => copy.id !== 3 || copy.region === 'us-east-1'), divergentKeys: ['rehearsal/latest'] } },
  })));

  expect(text).toContain('No acknowledged write lost, but 2 of 600 copies missing or damaged.');
  expect(text).toMatch(/keys that differ +1 +the current version is not the same everywhere:\s+rehearsal\/latest/);
});

test('is the same text with colours as without', () => {
  const marked: Paint = { good: (text) => `<g>${text}</g>`, bad: (text) => `<b>${text}</b>`, warn: (text) => `<w>${text}</w>`, strong: (text) => `<s>${text}</s>`, faint: (text) => `<f>${text}</f>` };
  const text = renderText(sampleReport(), marked);

  expect(text).toContain('<g><s>Rehearsal passed');
  expect(text.replace(/<\/?[gbsf]>/g, '')).toBe(renderText(sampleReport()));
});
