import { XMLParser } from 'fast-xml-parser';
import { replicationStore } from '../../../runtime/aws/replication';
import { planRules } from '../../../runtime/core/replication/plan';
import { isOurs } from '../../../runtime/core/replication/rules';
import { PREFIX, ROLE, wanted } from '../support/replication';
import { serve, type CannedAnswer } from '../support/s3-over-http';

const CREDENTIALS = { accessKeyId: 'id', secretAccessKey: 'secret' };

/** Rules of others as S3 answers with them: every option that the SDK's model knows. */
const FOREIGN_RULES = [
  '<Rule><ID>everything</ID><Priority>1</Priority><Filter/><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::archive</Bucket></Destination><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication></Rule>',
  '<Rule><ID>and</ID><Priority>2</Priority><Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key><Value></Value></Tag><Tag><Key>l</Key><Value>&lt;m&gt;</Value></Tag></And></Filter><Status>Disabled</Status><Destination><Bucket>arn:aws:s3:::archive</Bucket><Account>444455556666</Account><StorageClass>GLACIER_IR</StorageClass><AccessControlTranslation><Owner>Destination</Owner></AccessControlTranslation></Destination><DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication></Rule>',
  '<Rule><ID>kms</ID><Priority>3</Priority><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter><Status>Enabled</Status><SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects><ReplicaModifications><Status>Disabled</Status></ReplicaModifications></SourceSelectionCriteria><ExistingObjectReplication><Status>Disabled</Status></ExistingObjectReplication><Destination><Bucket>arn:aws:s3:::archive</Bucket><EncryptionConfiguration><ReplicaKmsKeyID>arn:aws:kms:eu-west-1:111122223333:key/k</ReplicaKmsKeyID></EncryptionConfiguration><ReplicationTime><Status>Enabled</Status><Time><Minutes>15</Minutes></Time></ReplicationTime><Metrics><Status>Enabled</Status><EventThreshold><Minutes>15</Minutes></EventThreshold></Metrics></Destination><DeleteMarkerReplication><Status>Enabled</Status></DeleteMarkerReplication></Rule>',
];

function configurationXml(rules: readonly string[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?><ReplicationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Role>${ROLE}</Role>${rules.join('')}</ReplicationConfiguration>`;
}

function errorXml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message><RequestId>r</RequestId></Error>`;
}

const parser = new XMLParser({ ignoreAttributes: true, isArray: (name) => name === 'Rule' || name === 'Tag' });

async function withS3<T>(answers: CannedAnswer[], act: (store: ReturnType<typeof replicationStore>, seen: Awaited<ReturnType<typeof serve>>['seen']) => Promise<T>): Promise<T> {
  const service = await serve(answers);
  try {
    const store = replicationStore('us-east-1', '111122223333', { endpoint: service.endpoint, forcePathStyle: true, credentials: CREDENTIALS, maxAttempts: 1 });
    return await act(store, service.seen);
  } finally {
    await service.close();
  }
}

test('rules of others go back to S3 as they came, whatever they hold', async () => {
  await withS3([{ body: configurationXml(FOREIGN_RULES) }], async (store, seen) => {
    const existing = await store.read('media');
    const plan = planRules(existing, wanted());
    if (plan.action !== 'put') throw new Error(plan.action);
    await store.put('media', plan.configuration);

    const sent = parser.parse(seen[1].body).ReplicationConfiguration;
    const came = parser.parse(configurationXml(FOREIGN_RULES)).ReplicationConfiguration;
    expect(sent.Role).toBe(ROLE);
    expect(sent.Rule.filter((rule: { ID: string }) => !isOurs({ ID: rule.ID, Status: 'Enabled', Destination: undefined }, PREFIX))).toEqual(came.Rule);
    expect(sent.Rule).toHaveLength(5);
  });
});

test('each call goes to the bucket and names the account that must own it', async () => {
  await withS3([{ body: configurationXml(FOREIGN_RULES) }], async (store, seen) => {
    await store.read('media');
    await store.put('media', { Role: ROLE, Rules: [] });
    await store.remove('media');

    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      expect.stringMatching(/^GET \/media\/?\?replication/),
      expect.stringMatching(/^PUT \/media\/?\?replication/),
      expect.stringMatching(/^DELETE \/media\/?\?replication/),
    ]);
    expect(seen.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(['111122223333', '111122223333', '111122223333']);
  });
});

test('a bucket without a configuration has none', async () => {
  const missing = { status: 404, body: errorXml('ReplicationConfigurationNotFoundError', 'The replication configuration was not found') };
  await withS3([missing], async (store) => expect(await store.read('media')).toBeUndefined());
});

test('fails when S3 says no, with its code, status and text', async () => {
  await withS3([{ status: 400, body: errorXml('InvalidRequest', 'Destination bucket must exist.') }], async (store) => {
    await expect(store.put('media', { Role: ROLE, Rules: [] })).rejects.toMatchObject({
      name: 'CallError',
      code: 'InvalidRequest',
      status: 400,
      reason: 'Destination bucket must exist.',
      unreachable: false,
      message: 's3 PutBucketReplication in us-east-1 was answered 400 InvalidRequest: Destination bucket must exist.',
    });
  });
});

test('fails when nobody listens, as a Region that cannot be reached', async () => {
  const { endpoint, close } = await serve([]);
  await close();
  const store = replicationStore('us-east-1', '111122223333', { endpoint, forcePathStyle: true, credentials: CREDENTIALS, maxAttempts: 1 });

  await expect(store.read('media')).rejects.toMatchObject({
    name: 'CallError',
    status: undefined,
    unreachable: true,
    message: expect.stringMatching(/^s3 GetBucketReplication in us-east-1 got no answer \(.*ECONNREFUSED/),
  });
});
