import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseManifest } from '../../../../runtime/core/manifest/schema';
import { FakeEstate } from '../../support/fake-estate';
import { manifest, NEW_ARN } from '../../support/manifest';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { manifestFile, temporaryFolder } from '../support/manifest-file';
import { NAME, shell } from '../support/shell';

const estate = () => new FakeEstate(new VirtualClock());
const target = () => join(temporaryFolder(), 'media.json');

test('writes the manifest, for its owner alone, with words for who finds it', async () => {
  const file = target();
  const world = estate();
  const { code, out } = await shell(world, ['export', file]);
  expect(code).toBe(0);
  const text = readFileSync(file, 'utf8');
  expect(parseManifest(text)).toEqual({ manifest: world.estate.manifest });
  expect(JSON.parse(text).about).toEqual({
    what: expect.stringContaining('What s3-failover must know of the S3 Multi-Region Access Point Media-AccessPoint-1A2B3C; no secret.'),
    exportedAt: expect.stringMatching(/^2026-11-24T03:00:0/),
    from: `parameter ${NAME} in us-east-1`,
    parameter: NAME,
    copies: `SSM parameter ${NAME} in us-east-1, us-west-2, eu-west-1`,
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(file))).toEqual(['media.json']);
  expectGolden('export/pipe.txt', out.replace(file, '<file>'));
});

test('what was exported is read again, and says where its copies are', async () => {
  const file = target();
  await shell(estate(), ['export', file]);
  const again = target();
  const { out } = await shell(estate(), ['export', again, '--manifest', file, '--json']);
  expect(JSON.parse(out)).toMatchObject({ schema: 'cdk-s3-failover/export', version: 1, file: again, written: true, from: `file ${file}`, parameter: NAME, regions: ['us-east-1', 'us-west-2', 'eu-west-1'] });
});

test('prints it instead, where - stands for the file', async () => {
  const { out } = await shell(estate(), 'export -');
  expect(parseManifest(out)).toMatchObject({ manifest: { revision: 5 } });
});

test('a dry run says what it would write, and writes nothing', async () => {
  const file = target();
  const { out } = await shell(estate(), ['export', file, '--dry-run']);
  expect(out).toMatch(/^would be written {2}/);
  expect(existsSync(file)).toBe(false);
});

describe('a file that is there already', () => {
  test('is replaced when it is an older manifest of the same access point', async () => {
    const file = manifestFile({ ...estate().estate.manifest, revision: 4 });
    expect((await shell(estate(), ['export', file])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).revision).toBe(5);
  });

  test.each([
    ['no manifest', 'my only copy', /is there already: it is no manifest that this release reads; name another file, or say --force/],
    ['of another access point', manifest({}, NEW_ARN), /it is the manifest of another access point, 'arn:aws:s3::111122223333:accesspoint\/a1b2c3d4e5f6g.mrap'/],
    ['newer', manifest({ revision: 6 }), /it has revision 6, which is newer than 5/],
  ])('fails when it is %s, unless it is forced', async (_, content, message) => {
    const file = manifestFile(content);
    const before = readFileSync(file, 'utf8');
    const { code, err } = await shell(estate(), ['export', file]);
    expect([code, readFileSync(file, 'utf8')]).toEqual([3, before]);
    expect(err).toMatch(message);
    expect((await shell(estate(), ['export', file, '--force'])).code).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8')).revision).toBe(5);
  });
});

test('fails when the folder is not there, and leaves nothing behind', async () => {
  const { code, err } = await shell(estate(), ['export', join(temporaryFolder(), 'none', 'media.json')]);
  expect(code).toBe(1);
  expect(err).toMatch(/cannot be written \(ENOENT\); name another file/);
});

test('fails when the manifest in AWS belongs to another account than the caller, and writes nothing', async () => {
  const file = target();
  const { code } = await shell(estate(), ['export', file], { caller: { account: '444455556666', partition: 'aws', arn: 'arn:aws:iam::444455556666:user/x' } });
  expect([code, existsSync(file)]).toEqual([3, false]);
});

test('fails when the file cannot be put in its place, and leaves nothing beside it', async () => {
  // A folder that holds something is never replaced by a file.
  const folder = join(temporaryFolder(), 'folder');
  mkdirSync(folder);
  writeFileSync(join(folder, 'something'), '');
  const { code, err } = await shell(estate(), ['export', folder, '--force']);
  expect(code).toBe(1);
  expect(err).toContain('cannot be written');
  expect(readdirSync(dirname(folder))).toEqual(['folder']);
});
