import type { Manifest } from '../../../../../lib/private/contract';
import { parseManifest } from '../../../manifest/schema';
import { shellWord } from '../../../text/shell-word';
import { eachRegion, type Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';
import { compared, inAll } from './compared';

const REPAIR = { fix: 'deploy the stack again: it writes the manifest to every data Region' } as const;

/** Any surviving Region must tell the same story, and the one in use must be the newest. */
export const manifestCopies: Check = {
  name: 'manifest-copies',
  about: "the manifest's copies in the data Regions, and the one in use",
  async run(facts) {
    const { parameter, words } = facts.world.manifestFrom;
    if (parameter === undefined) {
      return [
        {
          severity: 'not checked',
          code: 'parameter-unknown',
          sentence: "the manifest's copies were not checked: the name of their SSM parameter is not known",
          evidence: `the manifest in use is from ${words}`,
          commands: ['s3-failover doctor --name <parameter>'],
        },
      ];
    }
    const copies = new Map<string, Manifest>();
    const wrong = await eachRegion(facts.regions, (region) => look(facts, region, parameter, copies));
    return [...wrong, ...differing(facts, copies, parameter)];
  },
};

async function look(facts: Facts, region: string, parameter: string, copies: Map<string, Manifest>): Promise<Said[]> {
  const seen = await facts.parameter(region, parameter);
  if (seen.kind !== 'seen') return [notChecked("the manifest's copy", region, seen)];
  const about = { severity: 'warns' as const, where: region, commands: [`aws ssm get-parameter --region ${region} --name ${shellWord(parameter)}`], ...REPAIR };
  if (seen.value === undefined) return [{ ...about, code: 'copy-missing', sentence: `${region} holds no copy of the manifest: if it is the only Region left, nobody learns from it what to do`, evidence: `no parameter '${parameter}'` }];
  const parsed = parseManifest(seen.value);
  if ('problem' in parsed) return [{ ...about, code: 'copy-malformed', sentence: `the copy of the manifest in ${region} cannot be used`, evidence: parsed.problem }];
  copies.set(region, parsed.manifest);
  return [];
}

function differing(facts: Facts, copies: ReadonlyMap<string, Manifest>, parameter: string): Said[] {
  if (copies.size === 0) return [];
  const highest = Math.max(...[...copies.values()].map(({ revision }) => revision));
  const newest = [...copies].filter(([, { revision }]) => revision === highest);
  const older = [...copies].filter(([, { revision }]) => revision < highest);
  const found: Said[] = [];
  if (compared(new Map(newest)).length > 1) {
    found.push({ severity: 'warns', code: 'copies-contradict', sentence: `the copies of the manifest contradict each other at the same revision ${highest}: one of them was written by hand`, evidence: newest.map(([region]) => region).join(', '), ...REPAIR });
  }
  if (older.length > 0) {
    found.push({
      severity: 'warns',
      code: 'copies-differ',
      sentence: `the copies of the manifest differ: ${older.map(([region]) => region).join(', ')} ${older.length === 1 ? 'has' : 'have'} an older one`,
      evidence: [...copies].map(([region, { revision }]) => `${region}: revision ${revision}`).join(', '),
      ...REPAIR,
    });
  }
  found.push(...inUse(facts, newest[0][1], parameter));
  const wrote = `revision ${highest} in ${newest.map(([region]) => region).join(', ')}`;
  return found.length > 0 ? found : [good(`the copies of the manifest are the same ${inAll(facts, copies)}, and the one in use is the newest`, { evidence: wrote })];
}

/** A file that was exported long ago may tell of buckets that are gone. */
function inUse(facts: Facts, live: Manifest, parameter: string): Said[] {
  const { manifest } = facts.world.estate;
  const { words } = facts.world.manifestFrom;
  if (manifest.revision > live.revision) {
    return [{ severity: 'warns', code: 'manifest-ahead', sentence: 'the manifest in use is newer than every copy in SSM: the copies were put back', evidence: `revision ${manifest.revision} from ${words}, and ${live.revision} in SSM`, ...REPAIR }];
  }
  const facing = ({ accessPoint, buckets, routing }: Manifest) => ({ accessPoint, buckets, routing });
  const same = compared(new Map([['in use', facing(manifest)], ['live', facing(live)]])).length === 1;
  if (same) return [];
  return [
    {
      severity: 'fails',
      code: 'manifest-stale',
      sentence: 'the manifest in use is not the one that is live: it names another access point, other buckets or another order of Regions',
      evidence: `revision ${manifest.revision} from ${words}, and ${live.revision} in SSM`,
      commands: [`s3-failover doctor --name ${shellWord(parameter)}`, `s3-failover export --name ${shellWord(parameter)}`],
    },
  ];
}
