import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** A request body up to this size is held in memory, so that an extension may read it; a larger one only streams through. */
export const BUFFERED_BODY_BYTES = 1024 * 1024;

/** One request to the local AWS, as the gateway understands it. */
export interface Exchange {
  /** Counts up from 1; unique while the gateway lives. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly arrivedAt: number;
  readonly method: string;
  /** The Host header, lower case, as the client sent (and signed) it. */
  readonly host: string;
  /** Path and query exactly as the client sent (and signed) them. */
  readonly url: string;
  /** Path of `url`, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;

  /** Account that signed, or the local AWS's own for keys that are not an account id. */
  readonly account: string;
  /** Access key that signed; absent for an unsigned request. A root caller's is the account id. */
  readonly accessKeyId?: string;
  /** Service of the credential scope (`s3`, `cloudformation`, ...); S3's control endpoints are `s3-control`. */
  readonly service: string;
  /** Best-known API operation (`PutObject`, `SubmitMultiRegionAccessPointRoutes`), else the method. */
  readonly operation: string;
  /** Region of the credential scope; absent with SigV4A and for unsigned requests. */
  readonly scopeRegion?: string;
  /** Region that answers: the bucket's own, where the gateway routes an access point request, else `scopeRegion`. */
  readonly region?: string;

  /** S3 data plane only: the bucket that serves, however it was addressed. */
  readonly bucket?: string;
  /** S3 data plane only: the object's key, decoded. */
  readonly key?: string;
  /** First query name that selects a sub-resource (`replication`, `versioning`, `tagging`, `uploads`, `delete`, ...). */
  readonly subresource?: string;
  /** Alias (with its `.mrap`) of the access point that the request came through. */
  readonly accessPoint?: string;

  /** The request body, aws-chunked framing and all, when it is not larger than `BUFFERED_BODY_BYTES`. */
  readonly body?: Buffer;

  /** ARN of the caller, known once the emulator has answered. */
  principal?: string;
  /** Set once the emulator (or an extension) has answered. `headers` may be changed by `amend`. */
  response?: ExchangeResponse;
}

export interface ExchangeResponse {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  /** Set when an extension asked for it by `wantsResponseBody` and it fits `BUFFERED_BODY_BYTES`. */
  body?: Buffer;
}

/** What an extension answers in the emulator's place. */
export interface Answer {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}
