import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { MultiRegionBucket } from '../../../../lib';
import type { Manifest } from '../../../../lib/private/contract';
import { isOptInRegion, memberRegions } from '../../../../lib/private/regions';
import { findManifest } from '../../../../runtime/cli/facts/manifest';
import { wavesFor } from '../../../../runtime/cli/facts/parameter';
import type { ManifestFound } from '../../../../runtime/cli/facts/source';
import type { FactSources } from '../../../../runtime/cli/parse/invocation';
import { Problem } from '../../../../runtime/cli/problem';
import { DEFAULT_REGIONS, OPT_IN_REGIONS } from '../../../../runtime/cli/regions';
import { CallError } from '../../../../runtime/core/calls/call-error';
import { manifest } from '../../support/manifest';
import { VirtualClock } from '../../support/virtual-clock';
import { manifestFile, temporaryFolder } from '../support/manifest-file';

type Store = { readonly [region: string]: string | Error | undefined };

/** Finds a manifest among parameters by Region, and says which Regions were asked for which name. */
async function find(sources: FactSources, store: Store = {}, own?: string) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const aws = {
    ownRegion: async () => own,
    async parameter(region: string, name: string, signal: AbortSignal) {
      asked.push(`${name} ${region}`);
      await clock.sleep(20, signal);
      const value = store[region];
      if (value instanceof Error) throw value;
      return value;
    },
  };
  const found: ManifestFound = await clock.run(() => findManifest({ aws, clock }, sources, { deadline: 30_000 }));
  return { ...found, asked };
}

const refused = (sources: FactSources, store?: Store) =>
  find(sources, store).then(
    () => undefined,
    (error: Problem) => error,
  );
const text = (changed: Partial<Manifest> = {}) => JSON.stringify(manifest(changed));

/** A folder as `cdk synth` leaves it. */
function cdkOut(build: (app: App) => void): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir, analyticsReporting: false });
  build(app);
  app.synth();
  return outdir;
}

const media = (scope: App | Stage, prefix: string) => {
  const stack = new Stack(scope, `${prefix}-stack`, { env: { region: 'us-east-1' } });
  new MultiRegionBucket(stack, 'Media', { regions: ['us-east-1', 'eu-west-1'], bucketNamePrefix: prefix });
};

describe('from a file', () => {
  test('it is read, and nobody is asked', async () => {
    const file = manifestFile(manifest());
    expect(await find({ manifest: file })).toEqual({ manifest: manifest(), from: `file ${file}`, parameter: undefined, remarks: [], asked: [] });
  });

  test('that export made, it says where its copies are', async () => {
    expect(await find({ manifest: manifestFile({ about: { parameter: '/s3-failover/media' }, ...manifest() }) })).toMatchObject({ parameter: '/s3-failover/media' });
  });

  test('it counts before any other source', async () => {
    expect((await find({ manifest: manifestFile(manifest()), name: '/a', app: 'none', outputs: 'none' })).asked).toEqual([]);
  });

  test.each([
    ['is not there', join(temporaryFolder(), 'none.json'), /'--manifest' must name a file that can be read, got '.*none.json' \(ENOENT\)/],
    ['is a folder', temporaryFolder(), /\(EISDIR\)/],
    ['is far too large', manifestFile(' '.repeat(1_000_001)), /of 1000001 bytes.* too large to be one/],
    ['is no JSON', manifestFile('nonsense'), /cannot be used: it is not JSON/],
    ['is of a newer schema', manifestFile({ ...manifest(), version: 3 }), /'version' is 3, and this release reads up to 2; use a newer release/],
    ['names no access point', manifestFile({ ...manifest(), accessPoint: undefined }), /accessPoint/],
    ['contradicts itself', manifestFile(manifest({ account: '444455556666' })), /accessPoint.*must be made of partition, account and alias/],
  ])('fails when the file %s', async (_, file, message) => {
    expect((await refused({ manifest: file }))?.message).toMatch(message);
  });
});

describe('from a parameter', () => {
  test('of the Regions that were named, side by side', async () => {
    const { from, asked, parameter } = await find({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'us-west-2': text() });
    expect([from, parameter, asked]).toEqual(['parameter /m in us-west-2', '/m', ['/m eu-west-1', '/m us-west-2']]);
  });

  test('else of the own Region and the control Regions, and then of all that every account has', async () => {
    const { asked } = await find({ name: '/m' }, { 'eu-north-1': text() }, 'eu-central-1');
    expect(asked.slice(0, 6)).toEqual(['eu-central-1', 'us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => `/m ${region}`));
    expect(new Set(asked).size).toBe(17);
  });

  test('the newest of the copies, and that they differ', async () => {
    const { manifest: found, remarks } = await find({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'eu-west-1': text({ revision: 4 }), 'us-west-2': text({ revision: 7 }) });
    expect(found.revision).toBe(7);
    expect(remarks).toEqual(['the copies of the manifest differ: revision 7 in us-west-2 is used; older in eu-west-1']);
  });

  test('a malformed copy beside a good one is a remark', async () => {
    const { remarks } = await find({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'eu-west-1': 'nonsense', 'us-west-2': text() });
    expect(remarks).toEqual(['the copy of the manifest in eu-west-1 cannot be used: it is not JSON']);
  });

  test('fails when the newest copy is of a newer schema, with how to use the older one', async () => {
    const error = await refused({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'eu-west-1': JSON.stringify({ ...manifest(), version: 3, revision: 9 }), 'us-west-2': text() });
    expect(error).toMatchObject({ code: 'ManifestNewer', exit: 3, next: ['s3-failover ... --name /m --regions us-west-2'] });
    expect(error?.message).toContain("has a newer copy in eu-west-1 (revision 9) that cannot be used: 'version' is 3");
  });

  test('fails when no Region has it, with what each said', async () => {
    const denied = new CallError({ call: 'ssm GetParameter', region: 'us-west-2', code: 'AccessDeniedException', status: 400, reason: 'no' });
    const error = await refused({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'us-west-2': denied });
    expect(error?.code).toBe('ManifestNotFound');
    expect(error?.message).toMatch(/^no Region gave the manifest '\/m': eu-west-1 has none; us-west-2: ssm GetParameter in us-west-2 was answered 400 AccessDeniedException: no; us-east-1 has none/);
  });

  test('a copy in a Region where a controller may lie is found when those that were named have none', async () => {
    const { from } = await find({ name: '/m', regions: ['sa-east-1'] }, { 'us-east-2': text() });
    expect(from).toBe('parameter /m in us-east-2');
  });

  test('fails when every copy is malformed', async () => {
    expect(await refused({ name: '/m', regions: ['eu-west-1'] }, { 'eu-west-1': '{}' })).toMatchObject({ code: 'ManifestMalformed' });
  });

  test('fails when there are no credentials, and not as if no Region had it', async () => {
    const none = Object.assign(new Error('Could not load credentials from any providers'), { name: 'CredentialsProviderError' });
    expect(await refused({ name: '/m', regions: ['eu-west-1', 'us-west-2'] }, { 'eu-west-1': none, 'us-west-2': none })).toMatchObject({ name: 'CredentialsProviderError' });
  });
});

describe('from a cdk.out folder', () => {
  test('by name and Regions of the one construct in it', async () => {
    const { asked } = await find({ app: cdkOut((app) => media(app, 'media')) }, { 'eu-west-1': text() });
    expect(asked).toEqual(['/s3-failover/media eu-west-1', '/s3-failover/media us-east-1']);
  });

  test('in a stage too', async () => {
    const { asked } = await find({ app: cdkOut((app) => media(new Stage(app, 'Prod'), 'media')) }, { 'eu-west-1': text() });
    expect(asked[0]).toBe('/s3-failover/media eu-west-1');
  });

  test('Regions that were named count before those of the app', async () => {
    const { asked } = await find({ app: cdkOut((app) => media(app, 'media')), regions: ['eu-west-1'] }, { 'eu-west-1': text() });
    expect(asked).toEqual(['/s3-failover/media eu-west-1']);
  });

  test('fails when there are several constructs, with the choice', async () => {
    const folder = cdkOut((app) => {
      media(app, 'media');
      media(app, 'backup');
    });
    expect(await refused({ app: folder })).toMatchObject({
      exit: 2,
      message: `'${folder}' holds 2 manifests, '/s3-failover/backup', '/s3-failover/media'; choose one by --name`,
      next: ['s3-failover ... --name /s3-failover/backup --regions eu-west-1,us-east-1', 's3-failover ... --name /s3-failover/media --regions eu-west-1,us-east-1'],
    });
  });

  test.each([
    ['is not there', () => join(temporaryFolder(), 'none'), /'--app' must name a cdk.out folder, got '.*none' \(ENOENT\)/],
    ['holds no template', () => temporaryFolder(), /in which no template lies/],
    ['holds no construct of ours', () => cdkOut((app) => new Stack(app, 'Empty')), /no stack in '.*' writes a manifest/],
  ])('fails when the folder %s', async (_, folder, message) => {
    expect((await refused({ app: folder() }))?.message).toMatch(message);
  });

  test('fails when a template is no JSON', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.template.json'), '{');
    expect((await refused({ app: folder }))?.message).toMatch(/a.template.json' is no template: it is not JSON/);
  });
});

describe('from an outputs file', () => {
  test.each([
    ['a name of the default form', { Media: { Whatever: '/s3-failover/media' } }, '/s3-failover/media'],
    ['another name under a key that says what it is', { Media: { ManifestName: '/team/media' } }, '/team/media'],
  ])('by %s', async (_, outputs, name) => {
    const { asked } = await find({ outputs: manifestFile(outputs), regions: ['eu-west-1'] }, { 'eu-west-1': text() });
    expect(asked).toEqual([`${name} eu-west-1`]);
  });

  test('fails when what is in it only looks like one', async () => {
    const outputs = { Media: { Arn: 'arn:aws:s3::111122223333:accesspoint/x.mrap', Parameter: '/s3-failover/media/arn', Url: 'https://example.com/s3-failover/x', Count: 4 } };
    const error = await refused({ outputs: manifestFile(outputs) });
    expect(error?.message).toMatch(/no output in '.*' is the name of a manifest; give the stack one: new CfnOutput\(stack, 'Manifest', \{ value: bucket.manifestParameterName \}\)/);
  });

  test('fails when it names several, with the choice', async () => {
    const outputs = manifestFile({ A: { M: '/s3-failover/a' }, B: { M: '/s3-failover/b' } });
    expect(await refused({ outputs })).toMatchObject({ exit: 2, next: ['s3-failover ... --name /s3-failover/a', 's3-failover ... --name /s3-failover/b'] });
  });

  test.each([['no JSON', 'x'], ['no outputs of stacks', { Media: 'x' }], ['a list', []]])('fails when the file holds %s', async (_, content) => {
    expect((await refused({ outputs: manifestFile(content) }))?.message).toMatch(/holds no outputs of stacks/);
  });
});

test('fails when nothing says which access point is meant, with every way to say it', async () => {
  const error = await refused({});
  expect(error).toMatchObject({ exit: 2, message: 'which access point is meant must be said by --manifest, --name, --app or --outputs' });
  expect(error?.next).toHaveLength(3);
});

test('Regions that are asked are those that the constructs know', () => {
  expect([...DEFAULT_REGIONS, ...OPT_IN_REGIONS].sort()).toEqual(memberRegions());
  expect(DEFAULT_REGIONS.some(isOptInRegion)).toBe(false);
  expect(wavesFor(undefined, undefined).flat().sort()).toEqual([...DEFAULT_REGIONS].sort());
});
