export interface CallErrorProps {
  /** Service and operation, such as `s3 PutBucketReplication`. */
  readonly call: string;
  readonly region: string;
  /** The service's error code, or the network's. */
  readonly code: string;
  /** HTTP status; absent when no answer came. */
  readonly status?: number;
  readonly reason: string;
}

/** A call to AWS that did not succeed, free of SDK types. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly call: string;
  readonly region: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly reason: string;

  public constructor(props: CallErrorProps) {
    super(
      props.status === undefined
        ? `${props.call} in ${props.region} got no answer (${props.code}: ${props.reason})`
        : `${props.call} in ${props.region} was answered ${props.status} ${props.code}: ${props.reason}`,
    );
    this.call = props.call;
    this.region = props.region;
    this.code = props.code;
    this.status = props.status;
    this.reason = props.reason;
  }

  /** Whether the Region did not do its work, as opposed to a considered no. */
  public get unreachable(): boolean {
    return this.status === undefined || this.status >= 500;
  }

  public get denied(): boolean {
    return this.status === 403 || /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/.test(this.code);
  }
}
