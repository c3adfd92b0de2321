/**
 * Time-outs for calls that a deployment waits for: a dead Region is known after seconds, and the SDK's own retries cure a lost
 * packet. Without the last setting the SDK would only warn of a request that takes too long.
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true },
} as const;
