import { CallError } from '../../calls/call-error';
import { attempt, Stopped, type Attempts } from '../compare/attempt';
import { isOurs } from '../compare/ours';
import type { BucketPort, OpenUpload } from '../ports';
import { SHOWN } from './tally';

/** Multipart uploads that were begun in a Region and not ended. None of them is a version yet. */
export type Uploads =
  | { readonly region: string; readonly kind: 'listed'; readonly count: number; readonly more: boolean; readonly first: readonly OpenUpload[] }
  | { readonly region: string; readonly kind: 'unknown'; readonly why: string };

export async function openUploads(bucket: BucketPort, attempts: Attempts): Promise<Uploads> {
  try {
    const { uploads, more } = await attempt(attempts, bucket.region, (signal) => bucket.listUploads(signal));
    const others = uploads.filter(({ key }) => !isOurs(key));
    return { region: bucket.region, kind: 'listed', count: others.length, more, first: others.slice(0, SHOWN) };
  } catch (error) {
    if (error instanceof CallError || error instanceof Stopped) return { region: bucket.region, kind: 'unknown', why: error.message };
    throw error;
  }
}
