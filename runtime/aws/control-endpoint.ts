import {
  GetMultiRegionAccessPointRoutesCommand,
  S3ControlClient,
  S3ControlServiceException,
  SubmitMultiRegionAccessPointRoutesCommand,
  type S3ControlClientConfig,
} from '@aws-sdk/client-s3-control';
import * as z from 'zod';
import { CONTROL_REGIONS } from '../../lib/private/contract';
import type { Answer, ControlEndpoint } from '../core/routes/endpoint';
import { classify } from '../core/routes/failure';
import { sortRoutes, type Routes } from '../core/routes/routes';

/** A connection to a dead endpoint should fail while there is still time to ask another. */
const CONNECTION_TIMEOUT_MS = 2_000;

/** A client's answer that says nothing about routes must not pass for an access point without any. */
const routesSchema = z
  .array(z.object({ Region: z.string().min(1), Bucket: z.string().optional(), TrafficDialPercentage: z.number().int().min(0).max(100) }))
  .min(1);

export interface ControlEndpoints {
  readonly endpoints: readonly ControlEndpoint[];
  /** Ends connections that are kept alive. */
  close(): void;
}

/** One client per control Region. Nothing redirects between them, and each tries once: the callers decide about a second time. */
export function controlEndpoints(config: S3ControlClientConfig = {}, regions: readonly string[] = CONTROL_REGIONS): ControlEndpoints {
  const clients = regions.map(
    (region) => new S3ControlClient({ requestHandler: { connectionTimeout: CONNECTION_TIMEOUT_MS }, ...config, region, maxAttempts: 1 }),
  );
  return {
    endpoints: clients.map((client, index) => controlEndpoint(regions[index], client)),
    close: () => clients.forEach((client) => client.destroy()),
  };
}

function controlEndpoint(region: string, client: S3ControlClient): ControlEndpoint {
  return {
    region,
    read: (accessPoint, abortSignal) =>
      answer(region, async () => {
        const { Routes: routes } = await client.send(
          new GetMultiRegionAccessPointRoutesCommand({ AccountId: accessPoint.account, Mrap: accessPoint.arn }),
          { abortSignal },
        );
        const parsed = routesSchema.safeParse(routes);
        if (!parsed.success) throw new GarbageError(`not a list of routes: ${parsed.error.issues[0].message}`);
        return sortRoutes(parsed.data.map((route) => ({ region: route.Region, bucket: route.Bucket, dial: route.TrafficDialPercentage })));
      }),
    submit: (accessPoint, routes: Routes, abortSignal) =>
      answer(region, async () => {
        const RouteUpdates = routes.map((route) => ({ Region: route.region, TrafficDialPercentage: route.dial }));
        await client.send(
          new SubmitMultiRegionAccessPointRoutesCommand({ AccountId: accessPoint.account, Mrap: accessPoint.arn, RouteUpdates }),
          { abortSignal },
        );
      }),
  };
}

/** The service answered, and what it said makes no sense. */
class GarbageError extends Error {
  readonly $metadata = { httpStatusCode: 200 };
}

async function answer<T>(endpoint: string, call: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    const facts = errorFacts(error);
    return { ok: false, failure: { kind: classify(facts), endpoint, detail: describe(error, facts), cause: error } };
  }
}

function errorFacts(error: unknown): { status?: number; code?: string; cause?: string } {
  const { $metadata, $response, name, code } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
    name?: string;
    code?: string;
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  return status === undefined ? { cause: code ?? name } : { status, code: error instanceof S3ControlServiceException ? name : undefined };
}

function describe(error: unknown, { status, code, cause }: { status?: number; code?: string; cause?: string }): string {
  const message = error instanceof Error ? error.message : String(error);
  return [status, code ?? cause, message].filter((part) => part !== undefined && part !== '').join(' ');
}
