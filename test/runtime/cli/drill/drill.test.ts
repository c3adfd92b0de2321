import { XMLValidator } from 'fast-xml-parser';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drillDocument, type DrillDocument } from '../../../../runtime/cli/drill/document';
import { drillPage } from '../../../../runtime/cli/drill/page';
import { drillText } from '../../../../runtime/cli/drill/text';
import type { Paint } from '../../../../runtime/cli/terminal';
import { DrillRun } from '../../support/drill-run';

const same = (text: string) => text;
const PLAIN: Paint = { good: same, bad: same, warn: same, strong: same, faint: same };
const GOLDEN = join(__dirname, 'golden');

async function document(prepare: (run: DrillRun) => void = () => undefined): Promise<DrillDocument> {
  const run = new DrillRun();
  prepare(run);
  const result = await run.run();
  return drillDocument(result, { accessPoint: run.world.estate.accessPoint.arn, target: 'us-west-2', startedAt: '2026-11-24T03:00:00.000Z' });
}

const passed = () => document();
const stranded = () => document((run) => { run.outcomes = [() => undefined, () => ({ kind: 'refused', sentence: 'us-east-1 is <behind> & waits', next: ['s3-failover status'] })]; });
const declined = () => document((run) => { run.answer = 'no'; });

/** `UPDATE_GOLDEN=1` writes them anew; read the difference before it is committed. */
function expectGolden(name: string, text: string): void {
  const file = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

test.each([['passed', passed], ['stranded', stranded], ['declined', declined]])('reads well when it %s', async (name, make) => {
  expectGolden(`drill-${name}.txt`, drillText(await make(), PLAIN));
});

test('the document tells each switch by its figures, and moments in seconds from the start', async () => {
  const made = await passed();
  expect(made).toMatchObject({ schema: 'cdk-s3-failover/drill', version: 1, outcome: 'passed', surprise: null, restored: true, expectedOutage: 4, next: [], leftovers: [] });
  expect(made.switches.map(({ from, to, missing, outcome }) => [from, to, missing, outcome])).toEqual([['us-east-1', 'us-west-2', 0, 'served'], ['us-west-2', 'us-east-1', 0, 'served']]);
  expect(made.timeline.active.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2', 'us-east-1']);
  expect(made.timeline.active[2].to).toBe(made.elapsed);
  expect(JSON.parse(JSON.stringify(made))).toEqual(made);
});

describe.each([['passed', passed], ['stranded', stranded], ['declined', declined]])('the page of one that %s', (_, make) => {
  test('is well-formed, needs nothing else and asks nobody', async () => {
    const page = drillPage(await make());
    expect(XMLValidator.validate(page.replace(/^<!doctype html>/i, ''))).toBe(true);
    expect(page).not.toMatch(/<(script|link|img|iframe|object|embed|audio|video|source|base)\b/i);
    expect(page).not.toMatch(/\s(src|srcset|href|xlink:href|action|poster|on\w+)=/i);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('shows no markup of others', async () => {
  const page = drillPage(await stranded());
  expect(page).toContain('&#60;behind&#62; &#38; waits');
  expect(page).not.toContain('<behind>');
});
