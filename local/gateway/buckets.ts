import type { EmulatorClient } from '../emulator/client';

/** CloudFormation makes and removes buckets inside the emulator, unseen by us, so what is known must not live long. */
const REMEMBER_MS = 5000;

/** Knows each bucket's own Region, by asking the emulator as root. */
export class BucketDirectory {
  private readonly known = new Map<string, { readonly region: string; readonly until: number }>();

  public constructor(private readonly emulator: EmulatorClient) {}

  /** The bucket's own Region, or undefined when there is no such bucket. */
  public async region(bucket: string): Promise<string | undefined> {
    const remembered = this.known.get(bucket);
    if (remembered && remembered.until > Date.now()) return remembered.region;
    const answer = await this.emulator.call({ method: 'HEAD', path: `/${encodeURIComponent(bucket)}`, region: 'us-east-1' });
    const region = answer.headers['x-amz-bucket-region'];
    if (typeof region !== 'string') {
      this.known.delete(bucket);
      return undefined;
    }
    this.known.set(bucket, { region, until: Date.now() + REMEMBER_MS });
    return region;
  }

  /** To be called when a bucket was made or removed. */
  public forget(bucket: string): void {
    this.known.delete(bucket);
  }
}
