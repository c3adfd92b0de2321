import { eachRegion, type Check } from '../check';
import { good } from '../finding';
import { notChecked } from '../seen';

const NAMED = 3;

/** Uploads in parts are of one Region: what was begun before traffic moved can never be completed through the access point. */
export const uploads: Check = {
  name: 'uploads',
  about: 'multipart uploads left open in a passive Region',
  well: 'no upload is open in a passive Region',
  async run(facts) {
    const active = await facts.active();
    const passive = facts.regions.filter((region) => !active?.includes(region));
    if (!active) return [{ severity: 'not checked', code: 'no-answer', sentence: 'open uploads were not checked: which Regions are passive is not known' }];
    return eachRegion(passive, async (region) => {
      const seen = await facts.uploads(region);
      if (seen.kind !== 'seen') return [notChecked('open uploads', region, seen)];
      const { uploads: open, more } = seen.value;
      if (open.length === 0) return [good(`no upload is open in ${region}`, { where: region })];
      const bucket = facts.bucket(region);
      const count = `${more ? 'more than ' : ''}${open.length} upload${open.length === 1 ? '' : 's'}`;
      return [
        {
          severity: 'warns',
          code: 'uploads-on-passive',
          where: region,
          sentence: `${count} in parts ${open.length === 1 ? 'is' : 'are'} open in ${region}, which is passive: begun before traffic left it, or past the access point; parts that come now go to another bucket`,
          evidence: open.slice(0, NAMED).map((upload) => `'${upload.key}' since ${facts.world.wall.iso(upload.initiatedAt)}`).join(', ') + (open.length > NAMED ? ', ...' : ''),
          fix: 'ask whoever writes these keys; an upload that nobody will complete can be aborted',
          commands: [
            `aws s3api list-multipart-uploads --region ${region} --bucket ${bucket}`,
            `aws s3api abort-multipart-upload --region ${region} --bucket ${bucket} --key <key> --upload-id <id>`,
          ],
        },
      ];
    });
  },
};
