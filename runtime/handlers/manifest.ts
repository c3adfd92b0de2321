import { parameterStores } from '../aws/parameters';
import { parseProperties } from '../core/custom-resource/parse';
import { createManifest, deleteManifest, updateManifest } from '../core/manifest/apply';
import type { ParameterStores } from '../core/manifest/parameter-store';
import { manifestPropertiesSchema } from '../core/manifest/properties';
import { rollingBack } from './rolling-back';
import type { CustomResourceEvent, HandlerDeps, HandlerResult } from './types';

export interface ManifestHandlerOptions {
  readonly stores?: ParameterStores;
  readonly rollingBack?: () => Promise<boolean>;
  /** Seconds since 1970. */
  readonly secondsNow?: () => number;
}

/**
 * Copies of the manifest in every data Region.
 *
 * Another name is another physical id: CloudFormation then deletes the old one, which removes its copies.
 */
export async function handleManifest(event: CustomResourceEvent, deps: HandlerDeps, options: ManifestHandlerOptions = {}): Promise<HandlerResult> {
  const wanted = parseProperties(manifestPropertiesSchema, event.ResourceProperties);
  const all = {
    ...deps,
    stores: options.stores ?? parameterStores(),
    rollingBack: options.rollingBack ?? rollingBack(event.StackId, deps),
    secondsNow: options.secondsNow ?? (() => Date.now() / 1000),
  };
  if (event.RequestType === 'Delete') {
    const notReached = await deleteManifest(wanted, all);
    deps.log.info('manifest removed', { manifest: wanted.ManifestParameterName, notReached });
    return { PhysicalResourceId: event.PhysicalResourceId, Data: {} };
  }
  const { revision, notReached } =
    event.RequestType === 'Create' ? await createManifest(wanted, all) : await updateManifest(wanted, formerRegions(event, wanted), all);
  deps.log.info('manifest written', { manifest: wanted.ManifestParameterName, revision, notReached });
  return {
    PhysicalResourceId: `manifest/${wanted.ManifestParameterName}`,
    Data: { Revision: String(revision), UnreachableRegions: notReached.join(',') },
  };
}

/** Regions that held a copy under the same name; copies under another name go with the old physical id. */
function formerRegions(event: CustomResourceEvent, wanted: { ManifestParameterName: string }): string[] {
  if (event.RequestType !== 'Update') return [];
  const former = manifestPropertiesSchema.safeParse(event.OldResourceProperties).data;
  return former?.ManifestParameterName === wanted.ManifestParameterName ? former.Regions : [];
}
