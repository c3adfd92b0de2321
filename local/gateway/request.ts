import type { IncomingMessage } from 'node:http';
import { readAddress, type Address } from './address';
import type { Body } from './body';
import type { Exchange } from './exchange';
import { controlOperation, readSubresource, s3Operation, serviceOperation } from './operation';
import type { Route } from './routes-document';
import { readSignature, type Signature } from './signature';

const CONTROL_PLANE_PREFIX = '/v20180820/';
/** Paths of the emulator itself, such as the answer of a custom resource: neither AWS nor in any Region. */
const EMULATOR_PREFIX = '/_ministack/';

/** What the head of a request says. */
export interface Head {
  readonly id: number;
  readonly arrivedAt: number;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly signature: Signature;
  readonly service: string;
  readonly address: Address;
}

/** Where a request is answered. */
export interface Place {
  readonly region?: string;
  readonly bucket?: string;
  /** Set when the request came through an access point that exists. */
  readonly route?: Route;
}

export function readHead(request: IncomingMessage, id: number): Head {
  const url = request.url!;
  const path = url.replace(/\?.*$/s, '');
  const query = new URLSearchParams(url.slice(path.length));
  const host = (request.headers.host ?? '').toLowerCase();
  const signature = readSignature(request.headers, query);
  const service = serviceOf(path, signature, request);
  return {
    id,
    arrivedAt: Date.now(),
    host,
    path,
    query,
    signature,
    service,
    address: service === 's3' ? readAddress(host, path) : {},
  };
}

function serviceOf(path: string, signature: Signature, request: IncomingMessage): string {
  if (path.startsWith(CONTROL_PLANE_PREFIX)) return 's3-control';
  if (path.startsWith(EMULATOR_PREFIX)) return 'emulator';
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return signature.service ?? (isForm ? 'unknown' : 's3');
}

export function operationOf(request: IncomingMessage, head: Head, body: Buffer | undefined): string {
  if (head.service === 's3-control') return controlOperation(request.method!, head.path);
  if (head.service === 's3') return s3Operation(request.method!, head.address, head.query, request.headers);
  return serviceOperation(request.method!, head.query, request.headers, body);
}

/** All that the gateway knows of a request before it is answered. */
export function describe(request: IncomingMessage, head: Head, place: Place, body: Body, account: string): Exchange {
  const whole = 'whole' in body ? body.whole : undefined;
  const { accessKeyId } = head.signature;
  return {
    id: head.id,
    arrivedAt: head.arrivedAt,
    method: request.method!,
    host: head.host,
    url: request.url!,
    path: head.path,
    query: head.query,
    headers: request.headers,
    account: accessKeyId && /^\d{12}$/.test(accessKeyId) ? accessKeyId : account,
    accessKeyId,
    service: head.service,
    operation: operationOf(request, head, whole),
    scopeRegion: head.signature.region,
    region: place.region,
    bucket: place.bucket,
    key: head.address.key,
    subresource: head.service === 's3' ? readSubresource(head.query) : undefined,
    accessPoint: head.address.accessPoint,
    body: whole,
  };
}

/** Alias of the access point whose routes a control request is about. */
export function aliasOf(path: string): string | undefined {
  return /accesspoint\/([^/]+)\/routes$/.exec(decodeURIComponent(path))?.[1];
}

export function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
