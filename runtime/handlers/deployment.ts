import type { Context } from 'aws-lambda';
import { ResourceType } from '../../lib/private/contract';
import { systemClock, systemRandom } from '../aws/system';
import { deadlineFrom } from './deadline';
import { handleGuard } from './guard';
import { lambdaLog } from './log';
import { handleManifest } from './manifest';
import { failure } from './reason';
import { handleReplication } from './replication';
import { handleRoutes } from './routes';
import type { CustomResourceEvent, HandlerDeps, HandlerResult } from './types';

const HANDLERS: { readonly [resourceType: string]: (event: CustomResourceEvent, deps: HandlerDeps) => Promise<HandlerResult> } = {
  [ResourceType.GUARD]: handleGuard,
  [ResourceType.REPLICATION]: handleReplication,
  [ResourceType.ROUTES]: handleRoutes,
  [ResourceType.MANIFEST]: handleManifest,
};

/** Entry of the deploy-time function, behind the provider framework of aws-cdk-lib. */
export async function handler(event: CustomResourceEvent, context: Context): Promise<HandlerResult> {
  const log = lambdaLog(context);
  // Never the whole event: its response URL lets its holder answer in our name.
  const about = { resourceType: event.ResourceType, requestType: event.RequestType, logicalId: event.LogicalResourceId };
  try {
    const handle = HANDLERS[event.ResourceType];
    if (!handle) throw new Error(`'ResourceType' must be one of ${Object.keys(HANDLERS).join(', ')}, got '${event.ResourceType}'`);
    const deps = { clock: systemClock, random: systemRandom, log, deadline: deadlineFrom(context, systemClock, process.env) };
    const result = await handle(event, deps);
    log.info('done', { ...about, physicalId: result.PhysicalResourceId, data: result.Data });
    return result;
  } catch (error) {
    log.error('failed', { ...about, error });
    throw failure(error);
  }
}
