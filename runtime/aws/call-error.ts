import { CallError } from '../core/calls/call-error';

/** Errors of ours, or for want of credentials: nothing was asked of the Region, so that it may not pass for dead. */
const NOT_OF_THE_REGION = /^(TypeError|ReferenceError|RangeError|CredentialsProviderError)$/;

/** Runs one SDK call, and turns what the service or the network throws into a CallError. */
export async function calling<T>(call: string, region: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw callError(call, region, error);
  }
}

/** Errors of the SDK carry the HTTP status and a code as name; errors of the network carry a code, and at times no message. */
export function callError(call: string, region: string, error: unknown): unknown {
  const { $metadata, $response, name, code, message, errors } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
    name?: string;
    code?: string;
    message?: string;
    errors?: { message?: string }[];
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status === undefined && NOT_OF_THE_REGION.test(name ?? '')) return error;
  return new CallError({
    call,
    region,
    status,
    code: (status === undefined ? (code ?? name) : name) ?? 'Unknown',
    reason: message || errors?.[0]?.message || String(error),
  });
}
