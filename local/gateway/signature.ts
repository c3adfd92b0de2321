import type { IncomingHttpHeaders } from 'node:http';

/** What a request's signature says of its caller; the emulator verifies it, the gateway only reads it. */
export interface Signature {
  readonly accessKeyId?: string;
  /** Absent with SigV4A, whose scope names no Region. */
  readonly region?: string;
  readonly service?: string;
}

/** Reads the Authorization header, else a presigned url's query. */
export function readSignature(headers: IncomingHttpHeaders, query: URLSearchParams): Signature {
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? '';
  const parts = credential.split('/');
  if (parts.length === 5) return { accessKeyId: parts[0], region: parts[2], service: parts[3] };
  if (parts.length === 4) return { accessKeyId: parts[0], service: parts[2] };
  return {};
}
