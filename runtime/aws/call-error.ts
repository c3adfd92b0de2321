import { CallError } from '../core/custom-resource/call-error';

/** Runs one SDK call, and turns what it throws into a CallError. */
export async function calling<T>(call: string, region: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw callError(call, region, error);
  }
}

/** Errors of the SDK carry the HTTP status and a code as name; errors of the network carry a code, and at times no message. */
export function callError(call: string, region: string, error: unknown): CallError {
  const { $metadata, $response, name, code, message, errors } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
    name?: string;
    code?: string;
    message?: string;
    errors?: { message?: string }[];
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  return new CallError({
    call,
    region,
    status,
    code: (status === undefined ? (code ?? name) : name) ?? 'Unknown',
    reason: message || errors?.[0]?.message || String(error),
  });
}
