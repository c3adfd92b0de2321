import { explain, stops } from '../../../routes/failure';
import { activeRegions, ACTIVE, PASSIVE, type Route } from '../../../routes/routes';
import type { Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';

/** Whether the access point that answers is the one that the manifest tells of. */
export const accessPoint: Check = {
  name: 'access-point',
  about: 'the access point: that it is there, with the members of the manifest',
  async run(facts) {
    const { estate } = facts.world;
    const view = await facts.view();
    if (!view) return gone(facts);
    const members = estate.manifest.accessPoint.buckets;
    const findings = [
      ...view.routes.filter(({ region }) => !(region in members)).map(stranger),
      ...estate.members.filter((region) => !view.routes.some((route) => route.region === region)).map(missing),
      ...view.routes.flatMap((route) => otherBucket(route, members[route.region])),
      ...view.routes.filter(({ dial }) => dial !== ACTIVE && dial !== PASSIVE).map(oddDial),
    ];
    if (activeRegions(view.routes).length === 0) findings.push(noneActive());
    return findings.length > 0 ? findings : [good(`the access point has the members of the manifest: ${estate.members.join(', ')}`)];
  },
};

const STALE = { fix: 'use the manifest that the deployment wrote last', commands: ['s3-failover doctor --name <parameter>', 's3-failover export --name <parameter>'] } as const;

/** Without routes there is nothing to compare; only an answer that names the reason says more than the endpoints do. */
async function gone(facts: Facts): Promise<Said[]> {
  const { failed } = await facts.survey();
  const named = failed.find(({ failure }) => stops(failure.kind));
  if (!named) return [{ severity: 'not checked', code: 'no-answer', sentence: 'the members of the access point were not checked: no control endpoint told its routes' }];
  return [{ severity: 'fails', code: 'access-point-gone', sentence: explain(named.failure, facts.world.estate.accessPoint.arn), ...STALE }];
}

function stranger({ region, bucket }: Route): Said {
  return { severity: 'fails', code: 'member-unknown', where: region, sentence: `the access point has a member in ${region} that the manifest does not know`, evidence: `bucket ${bucket ?? 'unknown'}`, ...STALE };
}

function missing(region: string): Said {
  return { severity: 'fails', code: 'member-missing', where: region, sentence: `the access point has no member in ${region}, so that traffic cannot go there, whatever the manifest says`, ...STALE };
}

function otherBucket({ region, bucket }: Route, expected: string | undefined): Said[] {
  if (bucket === undefined || expected === undefined || bucket === expected) return [];
  return [{ severity: 'fails', code: 'member-differs', where: region, sentence: `the access point's member in ${region} is another bucket than the manifest's`, evidence: `${bucket} instead of ${expected}`, ...STALE }];
}

function oddDial({ region, dial }: Route): Said {
  return {
    severity: 'warns',
    code: 'odd-dial',
    where: region,
    sentence: `${region} has a traffic dial that AWS gives no meaning to`,
    evidence: `${dial}, where 0 is passive and 100 active`,
    commands: ['s3-failover routes set <region>=active <region>=passive ...'],
  };
}

function noneActive(): Said {
  return { severity: 'fails', code: 'none-active', sentence: 'no Region is active: clients of the access point are served by nobody', commands: ['s3-failover failover <region>'] };
}
