import { DeleteObjectCommand, GetObjectTaggingCommand, PutObjectCommand, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { FaultInput } from '../../local';
import { EAST, IRELAND, Lab, WEST } from './replication-lab';

const REGIONS = [EAST, WEST, IRELAND];
const KEYS = ['a', 'b', 'c', 'd', 'e'];
const STEPS = 150;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterAll(() => lab.stop());

test.each([1, 2, 3])('whatever is written, deleted and tagged while Regions die and heal is the same everywhere in the end (seed %i)', async (seed) => {
  const random = generator(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const buckets = await lab.mesh(REGIONS);
  const acknowledged = new Map<string, Set<string>>(KEYS.map((key) => [key, new Set()]));
  let dead: string | undefined;

  for (let step = 0; step < STEPS; step += 1) {
    const region = pick(REGIONS.filter((name) => name !== dead));
    const at = { Bucket: buckets[REGIONS.indexOf(region)], Key: pick(KEYS) };
    const act = random();
    if (act < 0.55) {
      const { VersionId } = await lab.s3(region).send(new PutObjectCommand({ ...at, Body: `${step}` }));
      acknowledged.get(at.Key)!.add(VersionId!);
    } else if (act < 0.7) {
      const { VersionId } = await lab.s3(region).send(new DeleteObjectCommand(at));
      acknowledged.get(at.Key)!.add(`-${VersionId}`);
    } else if (act < 0.85) {
      // There may be nothing to tag.
      await lab.s3(region).send(new PutObjectTaggingCommand({ ...at, Tagging: { TagSet: [{ Key: 'step', Value: `${step}` }] } })).catch(() => undefined);
    } else if (act < 0.93) {
      await lab.aws.control.heal();
      dead = random() < 0.5 ? undefined : pick(REGIONS);
      if (dead) await lab.aws.control.setRegion(dead, pick<FaultInput>([{ kind: 'refused' }, { kind: 'blackhole' }]));
    } else {
      await lab.aws.control.setReplication({ source: pick(buckets), lagMs: pick([0, 20, 200]), tail: pick([null, { share: 0.3, ms: 200, shape: 1.5 }]), seed });
    }
  }
  await lab.aws.control.heal();
  const { counts } = await lab.idle({ timeoutMs: 30_000 });

  expect(counts).toMatchObject({ pending: 0, failed: 0 });
  for (const key of KEYS) {
    const stacks = await Promise.all(REGIONS.map((region, index) => lab.stack(region, buckets[index], key)));
    expect(new Set(stacks[0])).toEqual(acknowledged.get(key));
    expect(stacks[1]).toEqual(stacks[0]);
    expect(stacks[2]).toEqual(stacks[0]);
    const seen = await Promise.all(REGIONS.map((region, index) => current(region, buckets[index], key)));
    expect(seen).toEqual([seen[0], seen[0], seen[0]]);
  }
}, 90_000);

/** The current version's id, body and tags; 'absent' without one. */
async function current(region: string, Bucket: string, Key: string): Promise<unknown> {
  const head = await lab.head(region, Bucket, Key);
  if (!head) return 'absent';
  const { TagSet } = await lab.s3(region).send(new GetObjectTaggingCommand({ Bucket, Key }));
  return { version: head.VersionId, body: await lab.text(region, Bucket, Key), TagSet };
}

/** Numbers from 0 to 1 that depend on the seed only (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
