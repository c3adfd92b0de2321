import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import '@aws-sdk/signature-v4a';
import { reachThrough } from './reach';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ClientOptions {
  /** @default - the account's root */
  readonly credentials?: Credentials;
  /** @default - the SDK's own, 3 */
  readonly maxAttempts?: number;
}

/** SDK clients that reach the local AWS; destroyed with it. */
export class Clients {
  private readonly made: { destroy(): void }[] = [];

  public constructor(private readonly endpoint: string, private readonly account: string) {}

  public s3(region: string, options: ClientOptions = {}): S3Client {
    return this.keep(new S3Client(this.config(region, options)));
  }

  public s3Control(region: string, options: ClientOptions = {}): S3ControlClient {
    return this.keep(new S3ControlClient(this.config(region, options)));
  }

  public ssm(region: string, options: ClientOptions = {}): SSMClient {
    return this.keep(new SSMClient(this.config(region, options)));
  }

  public cloudFormation(region: string, options: ClientOptions = {}): CloudFormationClient {
    return this.keep(new CloudFormationClient(this.config(region, options)));
  }

  public cloudWatch(region: string, options: ClientOptions = {}): CloudWatchClient {
    return this.keep(new CloudWatchClient(this.config(region, options)));
  }

  public dynamoDb(region: string, options: ClientOptions = {}): DynamoDBClient {
    return this.keep(new DynamoDBClient(this.config(region, options)));
  }

  public lambda(region: string, options: ClientOptions = {}): LambdaClient {
    return this.keep(new LambdaClient(this.config(region, options)));
  }

  public iam(options: ClientOptions = {}): IAMClient {
    return this.keep(new IAMClient(this.config('us-east-1', options)));
  }

  public sts(region: string, options: ClientOptions = {}): STSClient {
    return this.keep(new STSClient(this.config(region, options)));
  }

  /** An S3 client for the ARN of an access point as `Bucket`: the SDK signs with SigV4A and calls the access point's own host. */
  public dataPlane(options: ClientOptions = {}): S3Client {
    const { endpoint, ...config } = this.config('us-east-1', options);
    return this.keep(new S3Client(config));
  }

  /** Sends the requests of any SDK client of v3 to the local AWS, whatever endpoint it was made for. */
  public reach<T>(client: T): T {
    reachThrough(client, Number(new URL(this.endpoint).port));
    return client;
  }

  public destroy(): void {
    for (const client of this.made) client.destroy();
  }

  private keep<T extends { destroy(): void }>(client: T): T {
    this.made.push(client);
    return this.reach(client);
  }

  private config(region: string, options: ClientOptions) {
    return {
      region,
      endpoint: this.endpoint,
      credentials: options.credentials ?? { accessKeyId: this.account, secretAccessKey: 'local' },
      ...(options.maxAttempts === undefined ? {} : { maxAttempts: options.maxAttempts }),
    };
  }
}
