import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { startLocalAws, type LocalAws } from '../../../local';
import type { Exchange } from '../../../local/gateway/exchange';
import type { ExtensionContext, GatewayExtension } from '../../../local/gateway/extension';
import { createBucket, outcome, raw } from '../support';

const seen: Exchange[] = [];
let context: ExtensionContext;
let hooks: Partial<GatewayExtension> = {};
let aws: LocalAws;

beforeAll(async () => {
  aws = await startLocalAws({
    extensions: [{
      name: 'spy',
      create: (given) => {
        context = given;
        given.control('spy', z.strictObject({ word: z.string() }), ({ word }) => word.toUpperCase());
        return {
          name: 'spy',
          intercept: async (exchange) => hooks.intercept?.(exchange),
          amend: (exchange) => hooks.amend?.(exchange),
          wantsResponseBody: (exchange) => hooks.wantsResponseBody?.(exchange) ?? false,
          observed: async (exchange) => {
            seen.push(exchange);
            await hooks.observed?.(exchange);
          },
          state: () => ({ seen: seen.length }),
        };
      },
    }],
  });
  await createBucket(aws, 'eu-west-1', 'spied');
}, 60_000);
beforeEach(() => {
  hooks = {};
  seen.length = 0;
});
afterEach(() => aws.control.heal());
afterAll(() => aws.stop());

const put = (key: string, body: string) => ({ region: 'eu-west-1', method: 'PUT', path: `/spied/${key}?x-id=PutObject`, body });

test('sees what a request is, who made it and what came of it', async () => {
  await raw(aws, put('a%20b', 'hello'));

  expect(seen).toHaveLength(1);
  expect(seen[0]).toMatchObject({
    method: 'PUT', service: 's3', operation: 'PutObject', region: 'eu-west-1', scopeRegion: 'eu-west-1', bucket: 'spied', key: 'a b',
    account: aws.account, accessKeyId: aws.account, principal: `arn:aws:iam::${aws.account}:root`, response: { status: 200 },
  });
  expect(seen[0].body?.toString()).toBe('hello');
});

test('gets a body that is small, and only the passing of one that is large', async () => {
  const large = Buffer.alloc(3 * 1024 * 1024, 7);
  await aws.clients.s3('eu-west-1').send(new PutObjectCommand({ Bucket: 'spied', Key: 'large', Body: large }));

  expect(seen[0].body).toBeUndefined();
  const { Body } = await aws.clients.s3('eu-west-1').send(new GetObjectCommand({ Bucket: 'spied', Key: 'large' }));
  expect(Buffer.compare(Buffer.from(await Body!.transformToByteArray()), large)).toBe(0);
});

test('has noted a write before the client hears of it', async () => {
  let noted = false;
  hooks.observed = async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    noted = true;
  };
  await raw(aws, put('noted', 'x'));

  expect(noted).toBe(true);
});

test('may answer in the emulator\'s place', async () => {
  hooks.intercept = async ({ subresource }) => (subresource === 'policy' ? { status: 418, headers: { 'x-who': 'spy' }, body: 'mine' } : undefined);

  expect(await raw(aws, { region: 'eu-west-1', path: '/spied?policy' })).toMatchObject({ status: 418, headers: { 'x-who': 'spy' }, body: 'mine' });
  expect((await raw(aws, { region: 'eu-west-1', path: '/spied?versioning' })).status).toBe(200);
});

test('may change headers, and a body that it asked for', async () => {
  await raw(aws, put('plain', 'plain'));
  hooks.wantsResponseBody = ({ method }) => method === 'GET';
  hooks.amend = ({ response }) => {
    response!.headers['x-amz-replication-status'] = 'PENDING';
    if (response!.body) response!.body = Buffer.from(response!.body.toString().toUpperCase());
  };

  expect(await raw(aws, { region: 'eu-west-1', path: '/spied/plain' })).toMatchObject({ body: 'PLAIN', headers: { 'x-amz-replication-status': 'PENDING', 'content-length': '5' } });
});

test('sees nothing of a request to a dead Region', async () => {
  await aws.control.setRegion('eu-west-1', { kind: 'refused' });
  await raw(aws, put('dead', 'x')).catch(() => undefined);

  expect(seen).toEqual([]);
  expect([context.reachable('eu-west-1'), context.reachable('us-east-1')]).toEqual([false, true]);
});

test('reaches the emulator past every fault, and knows where buckets are', async () => {
  await aws.control.setRegion('eu-west-1', { kind: 'refused' });

  expect(await context.bucketRegion('spied')).toBe('eu-west-1');
  expect(await context.bucketRegion('no-such-bucket')).toBeUndefined();
  expect((await context.emulator.call({ method: 'HEAD', path: '/spied', region: 'eu-west-1' })).status).toBe(200);
  expect(await outcome(context.emulator.s3('eu-west-1').send(new PutObjectCommand({ Bucket: 'spied', Key: 'past', Body: 'x' })))).toBe('ok');
  expect(seen).toEqual([]);
});

test('adds its own route to the control API and its own part to the state', async () => {
  expect(await aws.control.call('spy', { word: 'hi' })).toBe('HI');
  await expect(aws.control.call('spy', { word: 1 })).rejects.toThrow(/'spy'.*word/);
  expect((await aws.control.state()).extensions).toEqual({ spy: { seen: 0 } });
});

test('a request that was signed for another Region than the bucket\'s is the emulator\'s to answer', async () => {
  const answer = await raw(aws, { region: 'us-east-1', path: '/spied/key' });

  expect(answer.status).toBe(301);
  expect(answer.headers['x-amz-bucket-region']).toBe('eu-west-1');
});
