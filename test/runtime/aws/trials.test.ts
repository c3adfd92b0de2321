import { createHash } from 'node:crypto';
import { bucketTrials } from '../../../runtime/aws/trials';
import { serve, type CannedAnswer } from '../support/s3-over-http';

const signal = new AbortController().signal;

async function trying<T>(answer: CannedAnswer, act: (trials: ReturnType<typeof bucketTrials>) => Promise<T>): Promise<{ result: T | Error; headers: Record<string, unknown>; body: string }> {
  const service = await serve([answer]);
  const trials = bucketTrials({ region: 'us-east-1', name: 'media', account: '111122223333', config: { endpoint: service.endpoint, forcePathStyle: true, credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } } });
  try {
    const result = await act(trials).catch((error: Error) => error);
    return { result, headers: service.seen[0].headers as Record<string, unknown>, body: service.seen[0].body };
  } finally {
    trials.close();
    await service.close();
  }
}

const refusal = (status: number, code: string): CannedAnswer => ({ status, body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>m</Message></Error>` });

test.each([
  ['BadDigest', 400],
  ['InvalidDigest', 400],
  ['MalformedPolicy', 400],
])('a trial that is refused with %s got past the permissions', async (code, status) => {
  expect((await trying(refusal(status, code), (trials) => trials.putPolicy(signal))).result).toBeUndefined();
});

test('an object that is tried has one digest, and it is of another body', async () => {
  const { headers, body } = await trying(refusal(400, 'BadDigest'), (trials) => trials.putObject('k', signal));
  expect(headers['content-md5']).toMatch(/^[\w+/]{22}==$/);
  expect(headers['content-md5']).not.toBe(createHash('md5').update(body).digest('base64'));
  expect(Object.keys(headers).filter((name) => /^x-amz-(checksum|sdk-checksum)/.test(name))).toEqual([]);
});

test('a policy that is tried is none, and its digest is of another body', async () => {
  const { headers, body } = await trying(refusal(400, 'MalformedPolicy'), (trials) => trials.putPolicy(signal));
  expect(() => JSON.parse(body)).toThrow();
  expect(headers['content-md5']).not.toBe(createHash('md5').update(body).digest('base64'));
});

test('fails when the permission is missing', async () => {
  expect((await trying(refusal(403, 'AccessDenied'), (trials) => trials.putObject('k', signal))).result).toMatchObject({ denied: true });
});

test('fails when a request that cannot be right is accepted', async () => {
  expect((await trying({ status: 200, body: '' }, (trials) => trials.putObject('k', signal))).result).toMatchObject({ code: 'Accepted' });
});

test('fails when a batch names what was denied although it was answered well', async () => {
  const service = await serve([{ status: 200, body: '<DeleteResult><Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>' }]);
  const trials = bucketTrials({ region: 'us-east-1', name: 'media', account: '111122223333', config: { endpoint: service.endpoint, forcePathStyle: true, credentials: { accessKeyId: 'id', secretAccessKey: 'secret' } } });
  await expect(trials.removeBatch('k', signal)).rejects.toMatchObject({ denied: true, reason: 'no' });
  trials.close();
  await service.close();
});
