import type { CustomResourceEvent } from '../../../runtime/handlers/types';

export const ACCOUNT = '111122223333';
export const STACK_ID = `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/Media/01234567-89ab-cdef-0123-456789abcdef`;

export interface MakeEventOptions {
  readonly physicalId?: string;
  /** Properties before this event, for an Update. */
  readonly old?: object;
}

/** An event as the provider framework passes it on. */
export function makeEvent(
  RequestType: 'Create' | 'Update' | 'Delete',
  ResourceType: string,
  properties: object,
  { physicalId = 'physical-id', old = properties }: MakeEventOptions = {},
): CustomResourceEvent {
  const ServiceToken = 'arn:aws:lambda:us-east-1:111122223333:function:provider';
  const common = {
    ServiceToken,
    ResponseURL: 'https://example.com/answer?signature=secret',
    StackId: STACK_ID,
    RequestId: 'request',
    LogicalResourceId: 'Logical',
    ResourceType,
    ResourceProperties: { ServiceToken, ...properties },
  };
  if (RequestType === 'Create') return { ...common, RequestType };
  if (RequestType === 'Delete') return { ...common, RequestType, PhysicalResourceId: physicalId };
  return { ...common, RequestType, PhysicalResourceId: physicalId, OldResourceProperties: { ServiceToken, ...old } };
}
