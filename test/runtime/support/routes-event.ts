import { ResourceType, type RoutesProperties } from '../../../lib/private/contract';
import type { LagPorts, RegisterPorts } from '../../../runtime/handlers/routes-ports';
import type { CustomResourceEvent } from '../../../runtime/handlers/types';

export const ARN = 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap';
export const OLD_ARN = 'arn:aws:s3::111122223333:accesspoint/a1b2c3d4e5f6g.mrap';
export const REGIONS = ['eu-west-1', 'us-east-1', 'us-west-2'];
export const BUCKETS: { [region: string]: string } = Object.fromEntries(REGIONS.map((region) => [region, `media-111122223333-${region}-an`]));

type Properties = { -readonly [name in keyof RoutesProperties]: RoutesProperties[name] };

export interface EventOptions extends Partial<Properties> {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  /** How the properties before this event differ from those of this event. */
  readonly old?: { readonly [name in keyof Properties]?: Properties[name] | undefined };
}

/** An event of the routes resource: three Regions, us-east-1 active, live routes preserved. */
export function makeEvent({ RequestType, PhysicalResourceId = 'routes/first.mrap', old, ...changed }: EventOptions): CustomResourceEvent {
  const properties = { AccessPointArn: ARN, Buckets: BUCKETS, ActiveRegions: ['us-east-1'], OnRedeploy: 'PRESERVE', ServiceToken: 'arn:aws:lambda:us-east-1:111122223333:function:provider', ...changed };
  const common = {
    ServiceToken: properties.ServiceToken,
    ResponseURL: 'https://example.com/answer',
    StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Media/01234567-89ab-cdef-0123-456789abcdef',
    RequestId: 'request',
    LogicalResourceId: 'Routes',
    ResourceType: ResourceType.ROUTES,
    ResourceProperties: properties,
  };
  switch (RequestType) {
    case 'Create':
      return { ...common, RequestType };
    case 'Update':
      return { ...common, RequestType, PhysicalResourceId, OldResourceProperties: { ...properties, ...old } };
    case 'Delete':
      return { ...common, RequestType, PhysicalResourceId };
  }
}

/** For events that must not look at the lag. */
export function noLag(): LagPorts {
  throw new Error('the lag was looked at');
}

/** For events without a controller. */
export function noRegister(): RegisterPorts {
  throw new Error('a register was asked for');
}
