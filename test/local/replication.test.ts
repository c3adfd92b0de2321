import { createHmac } from 'node:crypto';
import {
  CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, DeleteObjectsCommand, DeleteObjectTaggingCommand,
  DeleteBucketReplicationCommand, DeletePublicAccessBlockCommand, GetObjectAclCommand, GetObjectTaggingCommand, HeadObjectCommand, ListObjectVersionsCommand,
  PutBucketOwnershipControlsCommand, PutObjectAclCommand, PutObjectCommand, PutObjectTaggingCommand, UploadPartCommand,
} from '@aws-sdk/client-s3';
import { arn, EAST, IRELAND, Lab, replicationStatements, rule, WEST } from './replication-lab';
import { createAccessPoint, raw } from './support';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 120_000);
afterAll(() => lab.stop());

async function put(region: string, Bucket: string, Key: string, more: object = {}): Promise<string> {
  const { VersionId } = await lab.s3(region).send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}`, ...more }));
  return VersionId!;
}

async function tags(region: string, Bucket: string, Key: string): Promise<Record<string, string>> {
  const { TagSet } = await lab.s3(region).send(new GetObjectTaggingCommand({ Bucket, Key }));
  return Object.fromEntries(TagSet!.map((tag) => [tag.Key!, tag.Value!]));
}

async function tag(region: string, Bucket: string, Key: string, set: Record<string, string>): Promise<void> {
  const TagSet = Object.entries(set).map(([name, Value]) => ({ Key: name, Value }));
  await lab.s3(region).send(new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet } }));
}

describe('what is replicated', () => {
  test('an object goes to the destination of every rule that covers it', async () => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
    await put(EAST, source, 'a');
    await lab.idle({ source });
    expect(await lab.text(WEST, west, 'a')).toBe('body of a');
    expect(await lab.text(IRELAND, ireland, 'a')).toBe('body of a');
  });

  test('a replica keeps version id, ETag, metadata, content type, tags and creation time', async () => {
    const [source, west] = await lab.estate([WEST]);
    await put(EAST, source, 'a', {
      Metadata: { colour: 'red' }, ContentType: 'text/plain', CacheControl: 'no-store', ContentEncoding: 'identity', ContentDisposition: 'inline', Tagging: 'x=1&y=2', StorageClass: 'STANDARD_IA',
    });
    const original = (await lab.head(EAST, source, 'a'))!;
    await lab.idle({ source });
    const replica = (await lab.head(WEST, west, 'a'))!;
    for (const name of ['VersionId', 'ETag', 'Metadata', 'ContentType', 'CacheControl', 'ContentEncoding', 'ContentDisposition', 'ContentLength', 'LastModified', 'StorageClass', 'ServerSideEncryption'] as const) {
      expect({ [name]: replica[name] }).toEqual({ [name]: original[name] });
    }
    expect(original.Metadata).toEqual({ colour: 'red' });
    expect(await tags(WEST, west, 'a')).toEqual({ x: '1', y: '2' });
  });

  test('an object from a multipart upload keeps its ETag and its parts', async () => {
    const [source, west] = await lab.estate([WEST]);
    const at = { Bucket: source, Key: 'big' };
    const parts = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.alloc(1024, 'b')];
    const { UploadId } = await lab.s3(EAST).send(new CreateMultipartUploadCommand({ ...at, Metadata: { m: '1' } }));
    const Parts = [];
    for (const [index, Body] of parts.entries()) {
      const { ETag } = await lab.s3(EAST).send(new UploadPartCommand({ ...at, UploadId, PartNumber: index + 1, Body }));
      Parts.push({ ETag, PartNumber: index + 1 });
    }
    expect((await lab.queue({ source })).counts.pending).toBe(0);
    const { ETag } = await lab.s3(EAST).send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
    await lab.idle({ source });
    const replica = (await lab.head(WEST, west, 'big'))!;
    expect(replica).toMatchObject({ ETag, ContentLength: 5 * 1024 * 1024 + 1024, Metadata: { m: '1' }, ReplicationStatus: 'REPLICA' });
    expect(ETag).toMatch(/-2"$/);
    expect((await lab.text(WEST, west, 'big')).endsWith('bbb')).toBe(true);
  });

  test('a copy made into the source bucket is replicated', async () => {
    const [source, west] = await lab.estate([WEST]);
    const elsewhere = await lab.bucket(EAST);
    await put(EAST, elsewhere, 'original', { Tagging: 'x=1' });
    await lab.s3(EAST).send(new CopyObjectCommand({ Bucket: source, Key: 'copy', CopySource: `${elsewhere}/original` }));
    await lab.idle({ source });
    expect(await lab.text(WEST, west, 'copy')).toBe('body of original');
    expect(await tags(WEST, west, 'copy')).toEqual({ x: '1' });
  });

  test('an object posted as a form is replicated', async () => {
    const [source, west] = await lab.estate([WEST]);
    expect(await post(source, 'posted', 'from a form')).toBe(204);
    await lab.idle({ source });
    expect(await lab.text(WEST, west, 'posted')).toBe('from a form');
  });

  test('an object written through an access point is replicated', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    const accessPoint = await createAccessPoint(lab.aws, lab.name('access-point'), [east, west]);
    await lab.aws.clients.dataPlane().send(new PutObjectCommand({ Bucket: accessPoint, Key: 'a', Body: 'through' }));
    await lab.idle();
    const statuses = [await lab.status(EAST, east, 'a'), await lab.status(WEST, west, 'a')];
    expect(statuses.sort()).toEqual(['COMPLETED', 'REPLICA']);
  });

  test('an object that is older than the rule stays where it is, its tags too', async () => {
    const source = await lab.bucket(EAST);
    const west = await lab.bucket(WEST);
    await put(EAST, source, 'old');
    await lab.replicate(EAST, source, [west]);
    await tag(EAST, source, 'old', { x: '1' });
    await put(EAST, source, 'new');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'old')).toBeUndefined();
    expect(await lab.status(WEST, west, 'old')).toBe('absent');
    expect(await lab.status(WEST, west, 'new')).toBe('REPLICA');
  });

  test('a replica is not replicated on', async () => {
    const [east, west, ireland] = [await lab.bucket(EAST), await lab.bucket(WEST), await lab.bucket(IRELAND)];
    await lab.replicate(EAST, east, [west]);
    await lab.replicate(WEST, west, [ireland]);
    await put(EAST, east, 'a');
    await put(WEST, west, 'b');
    await lab.idle();
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    expect(await lab.status(IRELAND, ireland, 'a')).toBe('absent');
    expect(await lab.status(IRELAND, ireland, 'b')).toBe('REPLICA');
  });

  test('an object in an archive class, or encrypted with a key that the rule does not name, is not replicated', async () => {
    const [source, west] = await lab.estate([WEST]);
    await put(EAST, source, 'cold', { StorageClass: 'DEEP_ARCHIVE' });
    await put(EAST, source, 'secret', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: `arn:aws:kms:${EAST}:${lab.aws.account}:key/one` });
    expect((await lab.queue({ source })).counts.pending).toBe(0);
    expect(await lab.status(EAST, source, 'secret')).toBeUndefined();
    expect(await lab.status(WEST, west, 'cold')).toBe('absent');
  });

  test('a version deleted by its id stays in the destination', async () => {
    const [source, west] = await lab.estate([WEST], { DeleteMarkerReplication: { Status: 'Enabled' } });
    const version = await put(EAST, source, 'a');
    await lab.idle({ source });
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a', VersionId: version }));
    await lab.idle({ source });
    expect(await lab.stack(EAST, source, 'a')).toEqual([]);
    expect(await lab.stack(WEST, west, 'a')).toEqual([version]);
  });

  test('a version that is deleted by its id before it was copied leaves nothing pending', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, paused: true });
    const version = await put(EAST, source, 'a');
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a', VersionId: version }));
    await lab.aws.control.setReplication({ source, paused: false });
    expect((await lab.idle({ source })).counts).toEqual({ pending: 0, completed: 0, failed: 0 });
    expect(await lab.stack(WEST, west, 'a')).toEqual([]);
  });
});

describe('rules', () => {
  test('a prefix keeps other keys out', async () => {
    const [source, west] = await lab.estate([WEST], { Filter: { Prefix: 'docs/' } });
    await put(EAST, source, 'docs/a');
    await put(EAST, source, 'other/a');
    await lab.idle({ source });
    expect(await lab.status(WEST, west, 'docs/a')).toBe('REPLICA');
    expect(await lab.status(EAST, source, 'other/a')).toBeUndefined();
    expect(await lab.status(WEST, west, 'other/a')).toBe('absent');
  });

  test('a tag filter takes what carries every tag at the time of the write', async () => {
    const [source, west] = await lab.estate([WEST], { Filter: { And: { Prefix: 'in/', Tags: [{ Key: 'team', Value: 'a' }, { Key: 'keep', Value: 'yes' }] } } });
    await put(EAST, source, 'in/both', { Tagging: 'team=a&keep=yes&more=1' });
    await put(EAST, source, 'in/one', { Tagging: 'team=a' });
    await put(EAST, source, 'in/late');
    await put(EAST, source, 'out/both', { Tagging: 'team=a&keep=yes' });
    await tag(EAST, source, 'in/late', { team: 'a', keep: 'yes' });
    await lab.idle({ source });
    expect(await lab.status(WEST, west, 'in/both')).toBe('REPLICA');
    for (const key of ['in/one', 'in/late', 'out/both']) expect([key, await lab.status(WEST, west, key)]).toEqual([key, 'absent']);
  });

  test('a tag filter sees the tags that a multipart upload began with', async () => {
    const [source, west] = await lab.estate([WEST], { Filter: { Tag: { Key: 'team', Value: 'a' } } });
    for (const [Key, Tagging] of [['tagged', 'team=a&x=1'], ['plain', undefined]]) {
      const at = { Bucket: source, Key };
      const { UploadId } = await lab.s3(EAST).send(new CreateMultipartUploadCommand({ ...at, Tagging }));
      const { ETag } = await lab.s3(EAST).send(new UploadPartCommand({ ...at, UploadId, PartNumber: 1, Body: 'x' }));
      await lab.s3(EAST).send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } }));
    }
    await lab.idle({ source });
    expect(await tags(WEST, west, 'tagged')).toEqual({ team: 'a', x: '1' });
    expect(await lab.status(WEST, west, 'plain')).toBe('absent');
  });

  test('a disabled rule does nothing', async () => {
    const [source, west] = await lab.estate([WEST], { Status: 'Disabled' });
    await put(EAST, source, 'a');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'a')).toBeUndefined();
    expect(await lab.status(WEST, west, 'a')).toBe('absent');
  });

  test('of two rules for one destination the higher priority decides, and rules of other destinations apply besides', async () => {
    const [source, west, ireland] = [await lab.bucket(EAST), await lab.bucket(WEST), await lab.bucket(IRELAND)];
    const role = await lab.role(replicationStatements(source, [west, ireland]));
    await lab.putRules(EAST, source, role, [
      rule(west, { ID: 'weak', Priority: 1, Destination: { Bucket: arn(west), StorageClass: 'STANDARD_IA' } }),
      rule(west, { ID: 'strong', Priority: 7, Filter: { Prefix: 'a' }, Destination: { Bucket: arn(west), StorageClass: 'ONEZONE_IA' } }),
      rule(ireland, { ID: 'other', Priority: 3 }),
    ]);
    await lab.aws.control.setReplication({ source, paused: true });
    await put(EAST, source, 'a');
    await put(EAST, source, 'b');
    const { directions } = await lab.queue({ source, destination: west });
    await lab.aws.control.setReplication({ source, paused: false });
    await lab.idle({ source });
    expect(directions.flatMap(({ pending }) => pending.map((entry) => [entry.key, entry.rule]))).toEqual([['a', 'strong'], ['b', 'weak']]);
    expect((await lab.head(WEST, west, 'a'))!.StorageClass).toBe('ONEZONE_IA');
    expect((await lab.head(WEST, west, 'b'))!.StorageClass).toBe('STANDARD_IA');
    expect((await lab.head(IRELAND, ireland, 'a'))!.StorageClass).toBeUndefined();
    expect(await lab.stack(WEST, west, 'a')).toHaveLength(1);
  });

  test('fails when the configuration is deleted before the copy', async () => {
    const [source] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, paused: true });
    await put(EAST, source, 'a');
    await lab.s3(EAST).send(new DeleteBucketReplicationCommand({ Bucket: source }));
    await lab.aws.control.setReplication({ source, paused: false });
    expect(await lab.failures(source)).toEqual(['SrcBucketReplicationConfigMissing']);
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
  });

  test('fails when no rule covers the object any more at the time of the copy', async () => {
    const [source, west] = await lab.estate([WEST]);
    await lab.aws.control.setReplication({ source, paused: true });
    await put(EAST, source, 'a');
    await lab.replicate(EAST, source, [west], { Filter: { Prefix: 'b' } });
    await lab.aws.control.setReplication({ source, paused: false });
    expect(await lab.failures(source)).toEqual(['SrcObjectNotEligible']);
  });
});

describe('x-amz-replication-status', () => {
  test('is PENDING until every destination has the object, then COMPLETED, and REPLICA there', async () => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
    await lab.aws.control.setReplication({ source, destination: ireland, paused: true });
    const VersionId = await put(EAST, source, 'a');
    expect(await lab.status(EAST, source, 'a')).toBe('PENDING');
    await lab.idle({ source, destination: west });
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    expect(await lab.status(EAST, source, 'a')).toBe('PENDING');
    await lab.aws.control.setReplication({ source, destination: ireland, paused: false });
    await lab.idle({ source });
    expect(await lab.status(IRELAND, ireland, 'a')).toBe('REPLICA');
    expect(await lab.status(EAST, source, 'a')).toBe('COMPLETED');
    expect((await lab.s3(EAST).send(new HeadObjectCommand({ Bucket: source, Key: 'a', VersionId }))).ReplicationStatus).toBe('COMPLETED');
    await put(EAST, source, 'a');
    expect((await lab.head(EAST, source, 'a', VersionId))!.ReplicationStatus).toBe('COMPLETED');
  });

  test('is FAILED when one of several destinations failed', async () => {
    const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
    await lab.setVersioning(IRELAND, ireland, 'Suspended');
    await put(EAST, source, 'a');
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'a')).toBe('FAILED');
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    expect(await lab.status(IRELAND, ireland, 'a')).toBe('absent');
  });

  test('of one version says nothing of another', async () => {
    const [source, west] = await lab.estate([WEST]);
    const older = await put(EAST, source, 'a');
    await put(EAST, source, 'a');
    await lab.idle({ source });
    await lab.setVersioning(WEST, west, 'Suspended');
    await lab.s3(EAST).send(new PutObjectTaggingCommand({ Bucket: source, Key: 'a', VersionId: older, Tagging: { TagSet: [{ Key: 'x', Value: '1' }] } }));
    await lab.idle({ source });
    expect((await lab.head(EAST, source, 'a', older))!.ReplicationStatus).toBe('FAILED');
    expect(await lab.status(EAST, source, 'a')).toBe('COMPLETED');
  });

  test('is absent where no rule applies', async () => {
    const bucket = await lab.bucket(EAST);
    await put(EAST, bucket, 'a');
    expect(await lab.status(EAST, bucket, 'a')).toBeUndefined();
  });
});

describe('order of versions', () => {
  test('a replica that arrives after a newer write becomes a noncurrent version, so that all buckets agree', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await lab.aws.control.setReplication({ source: east, paused: true });
    const older = await put(EAST, east, 'a', { Body: 'older' });
    await pause(5);
    const newer = await put(WEST, west, 'a', { Body: 'newer' });
    await lab.idle({ source: west });
    await lab.aws.control.setReplication({ source: east, paused: false });
    await lab.idle();
    for (const [region, bucket] of [[EAST, east], [WEST, west]]) {
      expect(await lab.stack(region, bucket, 'a')).toEqual([newer, older]);
      expect(await lab.text(region, bucket, 'a')).toBe('newer');
    }
    expect((await lab.head(WEST, west, 'a', older))!.ReplicationStatus).toBe('REPLICA');
  });

  test('a delete marker that arrives late does not hide a newer object', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await put(EAST, east, 'a');
    await lab.idle();
    await lab.aws.control.setReplication({ source: east, paused: true });
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: east, Key: 'a' }));
    await pause(5);
    await put(WEST, west, 'a', { Body: 'again' });
    await lab.aws.control.setReplication({ source: east, paused: false });
    await lab.idle();
    for (const [region, bucket] of [[EAST, east], [WEST, west]]) expect(await lab.text(region, bucket, 'a')).toBe('again');
    expect(await lab.stack(WEST, west, 'a')).toEqual(await lab.stack(EAST, east, 'a'));
  });

  test('deleting the current version brings back the one below it, replica or not', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await put(EAST, east, 'a', { Body: 'first' });
    const second = await put(EAST, east, 'a', { Body: 'second' });
    await lab.idle();
    await lab.s3(WEST).send(new DeleteObjectCommand({ Bucket: west, Key: 'a', VersionId: second }));
    expect(await lab.text(WEST, west, 'a')).toBe('first');
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
  });
});

describe('delete markers', () => {
  test('are replicated where the rule says so, alone and in a batch', async () => {
    const [source, west] = await lab.estate([WEST], { DeleteMarkerReplication: { Status: 'Enabled' } });
    for (const key of ['a', 'b', 'c']) await put(EAST, source, key);
    await lab.idle({ source });
    const { VersionId } = await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));
    await lab.s3(EAST).send(new DeleteObjectsCommand({ Bucket: source, Delete: { Objects: [{ Key: 'b' }, { Key: 'c' }] } }));
    await lab.idle({ source });
    for (const key of ['a', 'b', 'c']) expect([key, await lab.status(WEST, west, key)]).toEqual([key, 'absent']);
    const { DeleteMarkers } = await lab.s3(WEST).send(new ListObjectVersionsCommand({ Bucket: west, Prefix: 'a' }));
    expect(DeleteMarkers).toMatchObject([{ VersionId, IsLatest: true }]);
  });

  test('stay behind where it does not', async () => {
    const [source, west] = await lab.estate([WEST]);
    await put(EAST, source, 'a');
    await lab.idle({ source });
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));
    expect((await lab.queue({ source })).counts.pending).toBe(0);
    expect(await lab.status(EAST, source, 'a')).toBe('absent');
    expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
  });

  test('are replicated by rules of the older form, which have no filter', async () => {
    const [source, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
    const role = await lab.role(replicationStatements(source, [west]));
    await lab.putRules(EAST, source, role, [{ ID: 'v1', Status: 'Enabled', Prefix: '', Destination: { Bucket: arn(west) } }]);
    await put(EAST, source, 'a');
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));
    await lab.idle({ source });
    expect(await lab.status(WEST, west, 'a')).toBe('absent');
    expect(await lab.stack(WEST, west, 'a')).toHaveLength(2);
  });

  test('go by the rule without tags where a stronger rule for the same destination has some', async () => {
    const [source, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
    const role = await lab.role(replicationStatements(source, [west]));
    await lab.putRules(EAST, source, role, [
      rule(west, { ID: 'tags', Priority: 2, Filter: { Tag: { Key: 'x', Value: '1' } } }),
      rule(west, { ID: 'all', Priority: 1, DeleteMarkerReplication: { Status: 'Enabled' } }),
    ]);
    await put(EAST, source, 'a', { Tagging: 'x=1' });
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: source, Key: 'a' }));
    await lab.idle({ source });
    expect(await lab.status(WEST, west, 'a')).toBe('absent');
    expect(await lab.stack(WEST, west, 'a')).toHaveLength(2);
  });

  test('of a replica are not replicated back', async () => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await put(EAST, east, 'a');
    await lab.s3(EAST).send(new DeleteObjectCommand({ Bucket: east, Key: 'a' }));
    await lab.idle();
    const { counts } = await lab.queue({ source: west });
    expect(counts).toEqual({ pending: 0, completed: 0, failed: 0 });
    expect(await lab.stack(WEST, west, 'a')).toEqual(await lab.stack(EAST, east, 'a'));
  });
});

describe('changes of tags and ACL', () => {
  test('made in the source reach the replica, with PENDING meanwhile', async () => {
    const [source, west] = await lab.estate([WEST]);
    const version = await put(EAST, source, 'a', { Tagging: 'x=1' });
    await lab.idle({ source });
    await lab.aws.control.setReplication({ source, paused: true });
    await tag(EAST, source, 'a', { x: '2' });
    expect(await lab.status(EAST, source, 'a')).toBe('PENDING');
    await lab.aws.control.setReplication({ source, paused: false });
    await lab.idle({ source });
    expect(await lab.status(EAST, source, 'a')).toBe('COMPLETED');
    expect(await tags(WEST, west, 'a')).toEqual({ x: '2' });
    await lab.s3(EAST).send(new DeleteObjectTaggingCommand({ Bucket: source, Key: 'a' }));
    await lab.idle({ source });
    expect(await tags(WEST, west, 'a')).toEqual({});
    expect(await lab.stack(WEST, west, 'a')).toEqual([version]);
  });

  test('of an older version reach that version of the replica', async () => {
    const [source, west] = await lab.estate([WEST]);
    const version = await put(EAST, source, 'a');
    await put(EAST, source, 'a');
    await lab.s3(EAST).send(new PutObjectTaggingCommand({ Bucket: source, Key: 'a', VersionId: version, Tagging: { TagSet: [{ Key: 'old', Value: '1' }] } }));
    await lab.idle({ source });
    const { TagSet } = await lab.s3(WEST).send(new GetObjectTaggingCommand({ Bucket: west, Key: 'a', VersionId: version }));
    expect(TagSet).toEqual([{ Key: 'old', Value: '1' }]);
    expect(await tags(WEST, west, 'a')).toEqual({});
  });

  test('of an ACL reach the replica', async () => {
    const source = await lab.bucket(EAST);
    const west = await lab.bucket(WEST);
    for (const [region, Bucket] of [[EAST, source], [WEST, west]]) {
      await lab.s3(region).send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] } }));
    }
    await lab.s3(EAST).send(new DeletePublicAccessBlockCommand({ Bucket: source }));
    await lab.replicate(EAST, source, [west]);
    await put(EAST, source, 'a');
    await lab.s3(EAST).send(new PutObjectAclCommand({ Bucket: source, Key: 'a', ACL: 'authenticated-read' }));
    await lab.idle({ source });
    const grants = async (region: string, Bucket: string) => (await lab.s3(region).send(new GetObjectAclCommand({ Bucket, Key: 'a' }))).Grants;
    expect(await grants(WEST, west)).toEqual(await grants(EAST, source));
    expect(await grants(WEST, west)).toHaveLength(2);
  });

  test('made on a replica reach the source and the other replicas when both sides sync replicas', async () => {
    const [east, west, ireland] = await lab.mesh([EAST, WEST, IRELAND]);
    await put(EAST, east, 'a');
    await lab.idle();
    await lab.aws.control.setReplication({ source: west, paused: true });
    await tag(WEST, west, 'a', { from: 'west' });
    expect(await lab.status(WEST, west, 'a')).toBe('PENDING');
    await lab.aws.control.setReplication({ source: west, paused: false });
    await lab.idle();
    for (const [region, bucket] of [[EAST, east], [WEST, west], [IRELAND, ireland]]) expect(await tags(region, bucket, 'a')).toEqual({ from: 'west' });
    expect([await lab.status(EAST, east, 'a'), await lab.status(WEST, west, 'a'), await lab.status(IRELAND, ireland, 'a')]).toEqual(['COMPLETED', 'REPLICA', 'REPLICA']);
  });

  test('made on a replica stay there when only one side syncs replicas', async () => {
    const sync = { SourceSelectionCriteria: { ReplicaModifications: { Status: 'Enabled' as const } } };
    for (const [there, back] of [[{}, sync], [sync, {}]]) {
      const [east, west] = [await lab.bucket(EAST), await lab.bucket(WEST)];
      await lab.replicate(EAST, east, [west], there);
      await lab.replicate(WEST, west, [east], back);
      await put(EAST, east, 'a');
      await lab.idle();
      await tag(WEST, west, 'a', { from: 'west' });
      await lab.idle();
      expect(await tags(EAST, east, 'a')).toEqual({});
      expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
    }
  });

  test.each([['later', 0, 1], ['earlier', 1, 0]])('that meet are settled by the later one, also when the %s one travels first', async (_, first, second) => {
    const [east, west] = await lab.mesh([EAST, WEST]);
    await put(EAST, east, 'a');
    await lab.idle();
    for (const source of [east, west]) await lab.aws.control.setReplication({ source, paused: true });
    await tag(WEST, west, 'a', { by: 'earlier' });
    await tag(EAST, east, 'a', { by: 'later' });
    for (const index of [first, second]) {
      const source = [east, west][index];
      await lab.aws.control.setReplication({ source, paused: false });
      await lab.idle({ source });
    }
    for (const [region, bucket] of [[EAST, east], [WEST, west]]) expect(await tags(region, bucket, 'a')).toEqual({ by: 'later' });
  });
});

test('1,000 objects reach two destinations in a few seconds, and none is missing', async () => {
  const [source, west, ireland] = await lab.estate([WEST, IRELAND]);
  for (let index = 0; index < 1000; index += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, offset) => put(EAST, source, `k/${index + offset}`)));
  }
  const { counts } = await lab.idle({ source, timeoutMs: 20_000 });
  expect(counts).toEqual({ pending: 0, completed: 2000, failed: 0 });
  for (const [region, bucket] of [[WEST, west], [IRELAND, ireland]]) {
    const { Versions } = await lab.s3(region).send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: 'k/' }));
    expect(Versions).toHaveLength(1000);
  }
}, 60_000);

test('a client cannot take work out of the queue', async () => {
  const [source, west] = await lab.estate([WEST]);
  await lab.aws.control.setReplication({ source, paused: true });
  await put(EAST, source, 'a');
  expect((await raw(lab.aws, { region: EAST, path: '/_replication/journal?after=999999&limit=1' })).status).toBe(404);
  await lab.aws.control.setReplication({ source, paused: false });
  await lab.idle({ source });
  expect(await lab.status(WEST, west, 'a')).toBe('REPLICA');
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Uploads by a signed browser form; answers the status. */
async function post(bucket: string, key: string, text: string): Promise<number> {
  const { accessKeyId, secretAccessKey } = await lab.user([{ Effect: 'Allow', Action: 's3:PutObject', Resource: `${arn(bucket)}/*` }]);
  const date = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = [date.slice(0, 8), EAST, 's3', 'aws4_request'];
  const fields = { key, 'x-amz-algorithm': 'AWS4-HMAC-SHA256', 'x-amz-date': date, 'x-amz-credential': [accessKeyId, ...scope].join('/') };
  const conditions = [{ bucket }, ...Object.entries(fields).map(([name, value]) => ({ [name]: value }))];
  const document = Buffer.from(JSON.stringify({ expiration: '2099-01-01T00:00:00Z', conditions })).toString('base64');
  const hmac = (secret: Buffer, data: string): Buffer => createHmac('sha256', secret).update(data).digest();
  const signature = hmac(scope.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`)), document).toString('hex');
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, policy: document, 'x-amz-signature': signature })) form.append(name, value);
  form.append('file', new Blob([text]), 'file');
  return (await fetch(`${lab.aws.endpoint}/${bucket}`, { method: 'POST', body: form })).status;
}
