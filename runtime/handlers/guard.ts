import { GuardAttribute } from '../../lib/private/contract';
import { parameterStores } from '../aws/parameters';
import { parseProperties } from '../core/custom-resource/parse';
import { stackPlace } from '../core/custom-resource/stack';
import { guardAccessPoint } from '../core/guard/apply';
import { liveArn } from '../core/guard/decide';
import { guardPropertiesSchema } from '../core/guard/properties';
import type { ParameterStores } from '../core/manifest/parameter-store';
import { rollingBack } from './rolling-back';
import type { CustomResourceEvent, HandlerDeps, HandlerResult } from './types';

/** Stands before the access point, and lets a deployment replace it only when asked to. Owns nothing, so Delete does nothing. */
export async function handleGuard(
  event: CustomResourceEvent,
  deps: HandlerDeps,
  stores: ParameterStores = parameterStores(),
  isRollingBack: () => Promise<boolean> = rollingBack(event.StackId, deps),
): Promise<HandlerResult> {
  if (event.RequestType === 'Delete') return { PhysicalResourceId: event.PhysicalResourceId, Data: {} };
  const wanted = parseProperties(guardPropertiesSchema, event.ResourceProperties);
  const former = event.RequestType === 'Update' ? guardPropertiesSchema.safeParse(event.OldResourceProperties).data : undefined;
  const created = event.RequestType === 'Create';
  const { live, reason } = await guardAccessPoint({ wanted, created, former }, { ...deps, stores, rollingBack: isRollingBack });
  deps.log.info(`access point guard: ${reason}`, { manifest: wanted.ManifestParameterName });
  return {
    PhysicalResourceId: `guard/${wanted.ManifestParameterName}`,
    Data: { [GuardAttribute.LIVE_ACCESS_POINT_ARN]: liveArn(live, stackPlace(event.StackId)) },
  };
}
