import { replicationLag } from '../../../../local/rehearsal/analysis/lag';
import type { Recording, SwitchRecord } from '../../../../local/rehearsal/analysis/recording';
import { servedBy } from '../../../../local/rehearsal/analysis/served';
import { describeSwitch } from '../../../../local/rehearsal/analysis/switches';
import { tally } from '../../../../local/rehearsal/analysis/tally';
import type { WriteAttempt } from '../../../../local/rehearsal/traffic/ledger';

const [EAST, WEST] = ['us-east-1', 'us-west-2'];

/** One write and where it was: the Region that served it, the others when they were first seen to have it. */
interface Story {
  readonly at: number;
  readonly key?: string;
  readonly failed?: true;
  readonly servedBy?: string;
  readonly seen?: { readonly [region: string]: number };
  /** Region to what the audit found there; default: an intact copy wherever it was seen. */
  readonly found?: { readonly [region: string]: 'intact' | 'damaged' };
}

function recording(stories: readonly Story[], more: Partial<Recording> = {}): Recording {
  const writes: WriteAttempt[] = stories.map((story, index) => ({
    id: index + 1, key: story.key ?? `key-${index + 1}`, md5: '', sha256: '', startedAt: story.at, endedAt: story.at + 10, outcome: story.failed ? 'failed' : 'acknowledged',
  }));
  const found = (story: Story) => story.found ?? Object.fromEntries(Object.keys(story.seen ?? {}).map((region) => [region, 'intact']));
  return {
    regions: [EAST, WEST],
    writes,
    reads: [],
    firstSeen: new Map([EAST, WEST].map((region) => [region, new Map(stories.flatMap((story, index) => (story.seen?.[region] === undefined ? [] : [[index + 1, story.seen[region]]])))])),
    backlog: [],
    switches: [],
    marks: [],
    audit: {
      copies: stories.flatMap((story, index) => Object.entries(found(story)).map(([region, state]) => ({
        id: index + 1, region, intact: state === 'intact', replica: region !== story.servedBy, isLatest: true,
      }))),
      divergentKeys: [],
    },
    ...more,
  };
}

function failover(more: Partial<SwitchRecord> = {}): SwitchRecord {
  return {
    kind: 'failover', from: EAST, to: WEST, command: 'npx cdk deploy', commandAt: 1_000, acceptedAt: 2_000, commandEndedAt: 2_100,
    routesBefore: {}, routesAfter: {}, missingAtSwitch: [], ...more,
  };
}

const HEALED = { at: 5_000, kind: 'healed' as const, text: 'healed' };
const BOTH = { [EAST]: 100, [WEST]: 900 };

describe('what became of the writes', () => {
  test('counts an acknowledged write that is in no Region as lost', () => {
    const { lost, incomplete } = tally(recording([{ at: 0, servedBy: EAST, seen: BOTH }, { at: 200 }]));
    expect(lost).toEqual([2]);
    expect(incomplete).toEqual([{ id: 2, region: EAST, problem: 'missing' }, { id: 2, region: WEST, problem: 'missing' }]);
  });

  test('counts a write whose only copy has other bytes as lost', () => {
    expect(tally(recording([{ at: 0, servedBy: EAST, found: { [EAST]: 'damaged' } }])).lost).toEqual([1]);
  });

  test('tells a missing copy from a damaged one', () => {
    expect(tally(recording([
      { at: 0, servedBy: EAST, found: { [EAST]: 'intact' } },
      { at: 200, servedBy: EAST, found: { [EAST]: 'intact', [WEST]: 'damaged' } },
    ])).incomplete).toEqual([{ id: 1, region: WEST, problem: 'missing' }, { id: 2, region: WEST, problem: 'damaged' }]);
  });

  test('does not count a failed write as lost, and notices when it landed all the same', () => {
    const figures = tally(recording([{ at: 0, failed: true }, { at: 200, failed: true, found: { [EAST]: 'intact' } }]));
    expect(figures).toMatchObject({ attempted: 2, acknowledged: 0, failed: 2, lost: [], keptUnacknowledged: [2] });
  });

  test('says nothing of losses where the run ended before the audit', () => {
    const figures = tally(recording([{ at: 0 }], { audit: undefined }));
    expect(figures.lost).toBeUndefined();
    expect(figures.incomplete).toBeUndefined();
  });

  test('counts as late what the target lacked at the failover and had after the heal', () => {
    const { late } = tally(recording([
      { at: 0, servedBy: EAST, seen: { [EAST]: 100, [WEST]: 6_500 } },
      { at: 200, servedBy: EAST, seen: { [EAST]: 300, [WEST]: 3_000 } },
      { at: 400, servedBy: EAST, seen: { [EAST]: 500, [WEST]: 6_500 } },
    ], { switches: [failover({ missingAtSwitch: [1, 2] })], marks: [HEALED] }));

    expect(late).toEqual([{ id: 1, afterHeal: 1_500, afterWrite: 6_490 }]);
  });

  test('counts nothing as late without a heal', () => {
    expect(tally(recording([{ at: 0, servedBy: EAST, seen: { [WEST]: 6_500 } }], { switches: [failover({ missingAtSwitch: [1] })] })).late).toEqual([]);
  });

  test('counts a late write as superseded only if the target took a newer one of its key before it arrived', () => {
    const late = (key: string): Story => ({ at: 0, key, servedBy: EAST, seen: { [EAST]: 100, [WEST]: 6_500 } });
    const after = (at: number, key: string, region = WEST): Story => ({ at, key, servedBy: region, seen: { [EAST]: at + 100, [WEST]: at + 100 } });
    const { superseded } = tally(recording(
      [late('overtaken'), late('alone'), late('written too late'), late('written at home'), after(3_000, 'overtaken'), after(7_000, 'written too late'), after(3_000, 'written at home', EAST)],
      { switches: [failover({ missingAtSwitch: [1, 2, 3, 4] })], marks: [HEALED] },
    ));

    expect(superseded).toEqual([1]);
  });
});

describe('who served a write', () => {
  test('is the one Region whose copy is no replica', () => {
    expect([...servedBy(recording([{ at: 0, servedBy: WEST, seen: BOTH }]).audit)]).toEqual([[1, WEST]]);
  });

  test('is left open rather than guessed where no copy, or more than one, is an original', () => {
    const { copies } = recording([{ at: 0, seen: BOTH }, { at: 0, seen: BOTH }]).audit!;
    const audit = { copies: copies.map((copy) => ({ ...copy, replica: copy.id === 1 })), divergentKeys: [] };
    expect(servedBy(audit).size).toBe(0);
    expect(servedBy(undefined).size).toBe(0);
  });
});

describe('a switch', () => {
  const stories: Story[] = [
    { at: 900, servedBy: EAST, seen: BOTH },
    { at: 1_500, failed: true },
    { at: 2_500, servedBy: EAST, seen: BOTH },
    { at: 2_700, servedBy: EAST, seen: BOTH },
    { at: 3_000, servedBy: WEST, seen: BOTH },
    { at: 3_200, servedBy: WEST, seen: BOTH },
  ];

  test('is timed from the command to acceptance, to its end, and to the first write that the target served', () => {
    const figures = describeSwitch(recording(stories), failover(), 10_000);
    expect(figures).toMatchObject({ commandToAccepted: 1_000, commandToEnd: 1_100, commandToServed: 2_010, acceptedToServed: 1_010, acceptedToLastElsewhere: 710 });
  });

  test('has no times for what never happened', () => {
    const figures = describeSwitch(recording(stories.slice(0, 2)), failover({ acceptedAt: undefined, commandEndedAt: undefined }), 10_000);
    expect(figures.commandToAccepted).toBeUndefined();
    expect(figures.commandToServed).toBeUndefined();
    expect(figures.acceptedToLastElsewhere).toBeUndefined();
  });

  test('is told by writes of its own phase only', () => {
    expect(describeSwitch(recording(stories), failover(), 2_600).commandToServed).toBeUndefined();
  });

  test('counts the reads of its phase that found nothing', () => {
    const read = (startedAt: number, outcome: 'found' | 'missing') => ({ key: 'key', startedAt, endedAt: startedAt + 5, outcome });
    const reads = [read(500, 'missing'), read(3_000, 'missing'), read(3_300, 'found'), read(9_000, 'missing')];
    expect(describeSwitch(recording(stories, { reads }), failover(), 5_000).missingReads).toBe(1);
  });
});

describe('replication lag', () => {
  test('runs from the acknowledgement to the last Region', () => {
    const seen = (west: number) => ({ [EAST]: 0, [WEST]: west });
    expect(replicationLag(recording([{ at: 0, seen: seen(1_010) }, { at: 0, seen: seen(2_010) }, { at: 0, seen: seen(9_010) }]))).toEqual({ median: 2_000, longest: 9_000 });
  });

  test('leaves out what was not seen everywhere, and is unknown where nothing was', () => {
    expect(replicationLag(recording([{ at: 0, seen: { [EAST]: 0 } }]))).toBeUndefined();
  });
});
