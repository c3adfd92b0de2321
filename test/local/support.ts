import { request } from 'node:http';
import { CreateBucketCommand, type BucketLocationConstraint } from '@aws-sdk/client-s3';
import { CreateMultiRegionAccessPointCommand, GetMultiRegionAccessPointCommand, SubmitMultiRegionAccessPointRoutesCommand } from '@aws-sdk/client-s3-control';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import type { Credentials, LocalAws } from '../../local';

/** Creates a bucket of that name in the Region. */
export async function createBucket(aws: LocalAws, region: string, bucket: string): Promise<void> {
  await aws.clients.s3(region).send(new CreateBucketCommand({
    Bucket: bucket,
    ...(region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } }),
  }));
}

/** Creates an access point over buckets, and answers its ARN. All Regions are active. */
export async function createAccessPoint(aws: LocalAws, name: string, buckets: readonly string[]): Promise<string> {
  const control = aws.clients.s3Control('us-west-2');
  await control.send(new CreateMultiRegionAccessPointCommand({ AccountId: aws.account, ClientToken: name, Details: { Name: name, Regions: buckets.map((Bucket) => ({ Bucket })) } }));
  const { AccessPoint } = await control.send(new GetMultiRegionAccessPointCommand({ AccountId: aws.account, Name: name }));
  return `arn:aws:s3::${aws.account}:accesspoint/${AccessPoint!.Alias}`;
}

/** Makes exactly these Regions active, by way of one control endpoint. */
export async function submitRoutes(aws: LocalAws, arn: string, dials: Readonly<Record<string, number>>, endpoint = 'us-west-2', credentials?: Credentials): Promise<void> {
  await aws.clients.s3Control(endpoint, { maxAttempts: 1, credentials }).send(new SubmitMultiRegionAccessPointRoutesCommand({
    AccountId: aws.account,
    Mrap: arn,
    RouteUpdates: Object.entries(dials).map(([Region, TrafficDialPercentage]) => ({ Region, TrafficDialPercentage })),
  }));
}

/** A user that may do what the statements say. */
export async function createUser(aws: LocalAws, name: string, statements: readonly { readonly Action: string[]; readonly Resource: string[] }[]): Promise<Credentials> {
  const iam = aws.clients.iam();
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (statements.length > 0) {
    const document = { Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) };
    await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'may', PolicyDocument: JSON.stringify(document) }));
  }
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

/** `ok`, else the name of what went wrong. Under jest the SDK wraps Node's own errors, which come from another realm. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(() => 'ok', (error: Error) => (error.message.includes('ECONNRESET') ? 'ECONNRESET' : error.name));
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A request over a socket of its own, signed as root for a Region; no SDK between, so that resets and silence are seen as they are. */
export function raw(aws: LocalAws, options: { region: string; path: string; method?: string; service?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal }): Promise<RawAnswer> {
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${options.region}/${options.service ?? 's3'}/aws4_request`;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: new URL(aws.endpoint).port,
      agent: false,
      method: options.method ?? 'GET',
      path: options.path,
      signal: options.signal,
      headers: {
        host: new URL(aws.endpoint).host,
        'x-amz-date': date,
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        authorization: `AWS4-HMAC-SHA256 Credential=${aws.account}/${scope}, SignedHeaders=host;x-amz-date, Signature=0`,
        ...options.headers,
      },
    }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(chunks).toString() }));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(options.body);
  });
}

/** Whether the promise is still undecided after a while. */
export async function isPending(promise: Promise<unknown>, ms = 150): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, ms, pending))])) === pending;
}
