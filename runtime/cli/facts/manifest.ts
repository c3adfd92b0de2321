import type { Clock } from '../../core/ports';
import type { Limits } from '../../core/routes/endpoint';
import type { Aws } from '../aws';
import type { FactSources } from '../parse/invocation';
import { misuse, Problem } from '../problem';
import { parametersInApp } from './app';
import { manifestFromFile } from './file';
import { parametersInOutputs } from './outputs';
import { manifestFromParameter } from './parameter';
import type { ManifestFound, ParameterAddress } from './source';

export interface FactDeps {
  readonly aws: Pick<Aws, 'parameter' | 'ownRegion'>;
  readonly clock: Clock;
}

/** The manifest from the first source that is given. */
export async function findManifest(deps: FactDeps, sources: FactSources, limits: Limits): Promise<ManifestFound> {
  if (sources.manifest !== undefined) return manifestFromFile(sources.manifest);
  const address = addressOf(sources);
  return manifestFromParameter(deps, { ...address, regions: sources.regions ?? address.regions }, await deps.aws.ownRegion(), limits);
}

function addressOf({ name, app, outputs }: FactSources): ParameterAddress {
  if (name !== undefined) return { name };
  if (app !== undefined) {
    return only(parametersInApp(app), `'${app}' holds`, [`no stack in '${app}' writes a manifest: none holds a MultiRegionBucket or MultiRegionAccessPoint`, []]);
  }
  if (outputs !== undefined) {
    const way = "new CfnOutput(stack, 'Manifest', { value: bucket.manifestParameterName })";
    return only(parametersInOutputs(outputs), `'${outputs}' names`, [`no output in '${outputs}' is the name of a manifest; give the stack one: ${way}`, ['s3-failover ... --app cdk.out']]);
  }
  throw misuse('which access point is meant must be said by --manifest, --name, --app or --outputs', [
    's3-failover ... --manifest <file made by export>',
    's3-failover ... --name <SSM parameter, such as /s3-failover/media>',
    's3-failover ... --app cdk.out',
  ]);
}

/** Several constructs in one app: the person chooses, not we. */
function only(addresses: readonly ParameterAddress[], holder: string, [none, next]: readonly [string, readonly string[]]): ParameterAddress {
  if (addresses.length === 0) throw new Problem('ManifestNotFound', none, { next });
  if (addresses.length === 1) return addresses[0];
  throw misuse(
    `${holder} ${addresses.length} manifests, ${addresses.map(({ name }) => `'${name}'`).join(', ')}; choose one by --name`,
    addresses.map(({ name, regions }) => `s3-failover ... --name ${name}${regions ? ` --regions ${regions.join(',')}` : ''}`),
  );
}
