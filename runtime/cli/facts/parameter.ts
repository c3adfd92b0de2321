import { CONTROL_REGIONS } from '../../../lib/private/contract';
import { CONTROL_REGION_SETS } from '../../../lib/private/controller-contract';
import { CallError } from '../../core/calls/call-error';
import { readAnywhere, type Anywhere, type CopyAnswer } from '../../core/manifest/anywhere';
import type { Clock } from '../../core/ports';
import type { Limits } from '../../core/routes/endpoint';
import type { Aws } from '../aws';
import { Problem, refusal } from '../problem';
import { DEFAULT_REGIONS } from '../regions';
import type { ManifestFound, ParameterAddress } from './source';

/**
 * Regions to ask, in waves: those that were named, and then where a controller may lie; else the caller's own and the control Regions,
 * then all that every account has.
 */
export function wavesFor(named: readonly string[] | undefined, own: string | undefined): readonly (readonly string[])[] {
  if (named && named.length > 0) return [named, CONTROL_REGION_SETS.flat().filter((region) => !named.includes(region))];
  const first = [...new Set([...(own ? [own] : []), ...CONTROL_REGIONS])];
  return [first, DEFAULT_REGIONS.filter((region) => !first.includes(region))];
}

export async function manifestFromParameter(
  { aws, clock }: { readonly aws: Pick<Aws, 'parameter'>; readonly clock: Clock },
  { name, regions }: ParameterAddress,
  own: string | undefined,
  limits: Limits,
): Promise<ManifestFound> {
  const found = await readAnywhere(clock, (region, signal) => aws.parameter(region, name, signal), wavesFor(regions, own), limits);
  if (found.newer) {
    throw refusal(
      'ManifestNewer',
      `the manifest '${name}' has a newer copy in ${found.newer.region} (revision ${found.newer.revision}) that cannot be used: ${found.newer.problem}`,
      found.best ? [`s3-failover ... --name ${name} --regions ${found.best.region}`] : [],
    );
  }
  if (!found.best) throw withoutCredentials(found) ?? notFound(name, found);
  const { manifest, region } = found.best;
  return { manifest, from: `parameter ${name} in ${region}`, parameter: name, remarks: differing(found) };
}

function differing({ best, answers }: Anywhere): string[] {
  const older = answers.filter((one) => one.kind === 'good' && one.manifest.revision < best!.manifest.revision);
  const broken = answers.filter((one) => one.kind === 'malformed');
  return [
    ...(older.length > 0 ? [`the copies of the manifest differ: revision ${best!.manifest.revision} in ${best!.region} is used; older in ${older.map((one) => one.region).join(', ')}`] : []),
    ...broken.map((one) => `the copy of the manifest in ${one.region} cannot be used: ${(one as { problem: string }).problem}`),
  ];
}

/** Nothing was asked of any Region, so that none may pass for one without a copy. */
function withoutCredentials({ answers }: Anywhere): unknown {
  const failed = answers.find((one) => one.kind === 'failed' && !(one.error instanceof CallError));
  return failed && (failed as { error: unknown }).error;
}

function notFound(name: string, { answers }: Anywhere): Problem {
  const said = answers.map(inWords).join('; ') || 'nobody was asked';
  const malformed = answers.find((one) => one.kind === 'malformed');
  if (malformed) return new Problem('ManifestMalformed', `no copy of the manifest '${name}' can be used: ${said}`);
  return new Problem('ManifestNotFound', `no Region gave the manifest '${name}': ${said}`, {
    next: ['s3-failover ... --manifest <file made by export>', 's3-failover ... --name <parameter> --regions <list>', 's3-failover ... --app cdk.out'],
  });
}

function inWords(answer: CopyAnswer): string {
  switch (answer.kind) {
    case 'good':
      return `${answer.region} has it`;
    case 'none':
      return `${answer.region} has none`;
    case 'malformed':
      return `${answer.region}: ${answer.problem}`;
    case 'failed':
      return `${answer.region}: ${answer.error instanceof Error ? answer.error.message : String(answer.error)}`;
  }
}
