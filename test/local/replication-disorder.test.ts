import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectTaggingCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { fateOf } from '../../local/gateway/replication/fate';
import { DEFAULT_SETTINGS } from '../../local/gateway/replication/settings';
import { EAST, IRELAND, Lab, WEST } from './replication-lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterEach(() => lab.aws.control.setReplication({ lagMs: 20, tail: null, fail: null, seed: 1 }));
afterAll(() => lab.stop());

const KEYS = Array.from({ length: 20 }, (_, index) => `k${index}`);
/** Longer than any test takes, so that what is slow stays pending. */
const EVER = 600_000;

async function put(Bucket: string, Key: string, Body = Key): Promise<string> {
  const { VersionId } = await lab.s3(EAST).send(new PutObjectCommand({ Bucket, Key, Body }));
  return VersionId!;
}

/** Keys still pending once as many as given have arrived. */
async function stragglers(source: string, arrived: number): Promise<string[]> {
  for (;;) {
    const { directions: [direction] } = await lab.queue({ source });
    if (direction.counts.completed >= arrived) return direction.pending.map(({ key }) => key);
    await sleep(20);
  }
}

describe('a tail', () => {
  test('leaves some writes behind while later ones arrive, the same keys for the same seed', async () => {
    const tail = { share: 0.3, ms: EVER };
    const slow = (seed: number) => KEYS.filter((key) => fateOf({ ...DEFAULT_SETTINGS, tail, seed }, { kind: 'object', key }, 0).lagMs === EVER);
    expect(slow(3)).not.toEqual(slow(4));
    for (const seed of [3, 4]) {
      const [source, west] = await lab.estate([WEST]);
      await lab.aws.control.setReplication({ source, tail, seed });
      for (const key of KEYS) await put(source, key);
      expect(slow(seed).length).toBeGreaterThan(0);

      expect(await stragglers(source, KEYS.length - slow(seed).length)).toEqual(slow(seed));
      expect(await lab.status(WEST, west, slow(seed)[0])).toBe('absent');
      await lab.aws.control.setReplication({ source, tail: null });
      await lab.idle({ source });
      expect(await lab.status(WEST, west, slow(seed)[0])).toBe('REPLICA');
    }
  }, 30_000);

  test('has an older version arrive after a newer one, and lie under it', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, tail: { share: 1, ms: EVER } });
    const older = await put(source, 'k', 'older');
    await lab.aws.control.setReplication({ source, paused: true, tail: null });
    const newer = await put(source, 'k', 'newer');
    expect((await lab.queue({ source })).counts.pending).toBe(2);
    await lab.aws.control.setReplication({ source, paused: false });
    await lab.idle({ source });

    expect(await lab.text(WEST, west, 'k')).toBe('newer');
    expect(new Set(await lab.stack(WEST, west, 'k'))).toEqual(new Set([older, newer]));
  }, 30_000);

  test('brings a change of tags after the version that it belongs to', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, lagMs: 0, tail: { share: 0.5, ms: 1000 }, seed: 2 });
    for (const key of KEYS) {
      await put(source, key);
      await lab.s3(EAST).send(new PutObjectTaggingCommand({ Bucket: source, Key: key, Tagging: { TagSet: [{ Key: 'of', Value: key }] } }));
    }
    expect((await lab.idle({ source })).counts.failed).toBe(0);

    for (const key of KEYS) {
      const { TagSet } = await lab.s3(WEST).send(new GetObjectTaggingCommand({ Bucket: west, Key: key }));
      expect(TagSet).toEqual([{ Key: 'of', Value: key }]);
    }
  }, 30_000);
});

describe('failures on demand', () => {
  test('make the objects FAILED that the pattern names, and no others', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, fail: { keys: 'bad/*' } });
    await put(source, 'bad/one');
    await put(source, 'good/one');
    await lab.idle({ source });

    expect([await lab.status(EAST, source, 'bad/one'), await lab.status(EAST, source, 'good/one')]).toEqual(['FAILED', 'COMPLETED']);
    expect([await lab.status(WEST, west, 'bad/one'), await lab.status(WEST, west, 'good/one')]).toEqual(['absent', 'REPLICA']);
    const { directions: [{ failed }] } = await lab.queue({ source });
    expect(failed).toMatchObject([{ key: 'bad/one', code: 'DstPutObjectNotPermitted', reason: 'the control API asked for a failure' }]);
  });

  test('are not tried again, and a new write of the key replicates once they have ended', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, fail: { code: 'DstKmsKeyNotFound' } });
    await put(source, 'k');
    expect(await lab.failures(source)).toEqual(['DstKmsKeyNotFound']);
    await lab.aws.control.setReplication({ source, fail: null });
    expect((await lab.idle({ source })).counts).toEqual({ pending: 0, completed: 0, failed: 1 });

    await put(source, 'k', 'again');
    await lab.idle({ source });
    expect(await lab.text(WEST, west, 'k')).toBe('again');
  });

  test('may be for one direction only, and for delete markers', async () => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND], { DeleteMarkerReplication: { Status: 'Enabled' } });
    await put(source, 'k');
    await lab.idle({ source });
    await lab.aws.control.setReplication({ source, destination: west, fail: { keys: 'k' } });
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'k' }));
    await lab.idle({ source });

    expect([await lab.status(WEST, west, 'k'), await lab.status(IRELAND, ireland, 'k')]).toEqual(['REPLICA', 'absent']);
  });

  test('may be a share of the writes', async () => {
    const [source] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, fail: { rate: 0.5 }, seed: 5 });
    for (const key of KEYS) await put(source, key);
    const { counts } = await lab.idle({ source });

    expect([counts.completed > 0, counts.failed > 0, counts.completed + counts.failed]).toEqual([true, true, 20]);
  });
});

test.each<[string, object, RegExp]>([
  ['a share is above 1', { tail: { share: 2, ms: 1 } }, /share/],
  ['a tail is longer than ten minutes', { tail: { share: 1, ms: 600_001 } }, /ms/],
  ['a shape is not above zero', { tail: { share: 1, ms: 1, shape: 0 } }, /shape/],
  ['nothing is set', { source: EAST }, /needs one of 'lagMs', 'paused', 'tail', 'fail', 'seed'/],
])('fails when %s', async (_, input, message) => {
  await expect(lab.aws.control.call('setReplication', input)).rejects.toThrow(message);
});
