import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../lib/private/contract';
import type { LocalAws } from '../local';
import { EAST, IRELAND, Lab, WEST } from '../test/local/replication-lab';
import { createAccessPoint, submitRoutes } from '../test/local/support';
import { manifest } from '../test/runtime/support/manifest';

export const REGIONS = [EAST, WEST, IRELAND];
/** S3's control endpoints. */
export const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];

/** Three replicated buckets behind an access point on a fresh local AWS, and the manifest in a file. */
export interface Estate {
  readonly aws: LocalAws;
  readonly media: Manifest;
  readonly file: string;
  /** Makes exactly this Region active, whatever is wrong. */
  moveTo(region: string): Promise<void>;
}

/** Sets up, works, and clears away. */
export async function withEstate<T>(work: (estate: Estate) => Promise<T>): Promise<T> {
  const lab = await Lab.start();
  const folder = mkdtempSync(join(tmpdir(), 's3-failover-bench-'));
  try {
    const { aws } = lab;
    const names = await lab.mesh(REGIONS);
    const buckets = Object.fromEntries(REGIONS.map((region, index) => [region, names[index]]));
    const accessPoint = await createAccessPoint(aws, 'bench', names);
    const made = manifest({ account: aws.account, routing: { mode: 'failover-order', regions: REGIONS } }, accessPoint);
    const media = { ...made, accessPoint: { ...made.accessPoint, buckets }, buckets };
    const file = join(folder, 'media.json');
    writeFileSync(file, JSON.stringify(media));
    await aws.control.setPropagation({ ms: 0 });
    const moveTo = async (region: string) => {
      await aws.control.heal();
      await submitRoutes(aws, accessPoint, Object.fromEntries(REGIONS.map((one) => [one, one === region ? 100 : 0])));
    };
    await moveTo(EAST);
    return await work({ aws, media, file, moveTo });
  } finally {
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
