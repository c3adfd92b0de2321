import { GuardAttribute } from '../../lib/private/contract';
import { parameterStores } from '../aws/parameters';
import { dynamoTable } from '../aws/table';
import { CallError } from '../core/calls/call-error';
import { parseProperties } from '../core/custom-resource/parse';
import { stackPlace } from '../core/custom-resource/stack';
import { REGISTER } from '../core/controller/register-state';
import { guardAccessPoint } from '../core/guard/apply';
import { liveArn } from '../core/guard/decide';
import type { TableExists } from '../core/guard/controller';
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
  const { live, reason } = await guardAccessPoint({ wanted, created, former }, { ...deps, stores, rollingBack: isRollingBack, tableExists });
  deps.log.info(`access point guard: ${reason}`, { manifest: wanted.ManifestParameterName });
  return {
    PhysicalResourceId: `guard/${wanted.ManifestParameterName}`,
    Data: { [GuardAttribute.LIVE_ACCESS_POINT_ARN]: liveArn(live, stackPlace(event.StackId)) },
  };
}

/** Asks for the register, since whoever may act by it may read it. */
const tableExists: TableExists = async (region, tableName, signal) => {
  const table = dynamoTable({ tableName, region });
  try {
    await table.get(REGISTER, signal);
    return true;
  } catch (error) {
    if (error instanceof CallError && error.code === 'ResourceNotFoundException') return false;
    throw error;
  } finally {
    table.close();
  }
};
