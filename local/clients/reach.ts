/** The little of an SDK client that is needed to steer where its requests go. */
interface SteerableClient {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface SignedRequest {
  protocol: string;
  hostname: string;
  port?: number;
  headers: Record<string, string>;
}

/**
 * Sends a client's requests to a port of this machine, whatever host they were signed for. The Host header stays, so the
 * signature does too: that is how `<alias>.accesspoint.s3-global.amazonaws.com` and `<account>.localhost` reach us.
 */
export function reachThrough(client: unknown, port: number, headers: Record<string, string> = {}): void {
  const middleware = (next: (args: { request: SignedRequest }) => unknown) => (args: { request: SignedRequest }) => {
    Object.assign(args.request, { protocol: 'http:', hostname: '127.0.0.1', port });
    Object.assign(args.request.headers, headers);
    return next(args);
  };
  // Last in `finalizeRequest`, hence after signing.
  (client as SteerableClient).middlewareStack.add(middleware as never, { step: 'finalizeRequest', priority: 'low', name: 'reachLocalAws' } as never);
}
