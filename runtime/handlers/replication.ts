import { replicationStore } from '../aws/replication';
import { parseProperties } from '../core/custom-resource/parse';
import { stackPlace } from '../core/custom-resource/stack';
import { applyRules, removeRules, type ReplicationStore } from '../core/replication/apply';
import { replicationPropertiesSchema, wantedReplication } from '../core/replication/properties';
import type { CustomResourceEvent, HandlerDeps, HandlerResult } from './types';

/**
 * Replication rules of one source bucket.
 *
 * Another bucket is another physical id: CloudFormation then deletes the old one, which removes its rules.
 */
export async function handleReplication(
  event: CustomResourceEvent,
  deps: HandlerDeps,
  storeOf: (region: string, account: string) => ReplicationStore = replicationStore,
): Promise<HandlerResult> {
  const properties = parseProperties(replicationPropertiesSchema, event.ResourceProperties);
  const wanted = wantedReplication(properties, stackPlace(event.StackId));
  const store = storeOf(wanted.region, wanted.account);
  const removing = event.RequestType === 'Delete';
  const action = removing ? await removeRules(wanted, { ...deps, store }) : await applyRules(wanted, { ...deps, store });
  deps.log.info(`replication of ${wanted.bucket}: ${action}`, { bucket: wanted.bucket, region: wanted.region, action });
  return { PhysicalResourceId: removing ? event.PhysicalResourceId : `replication/${wanted.bucket}`, Data: {} };
}
