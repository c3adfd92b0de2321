import { mkdtempSync, rmSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { readAssembly } from '../../../../local/rehearsal/estate/assembly';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'assembly-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MANIFEST = {
  Type: 'Custom::S3FailoverManifest',
  Properties: { ManifestParameterName: '/s3-failover/media', Regions: ['eu-west-1', 'us-east-1', 'us-west-2'], RoutingRegions: ['us-east-1'] },
};
const ROUTES = { Type: 'Custom::S3FailoverRoutes', Properties: { ActiveRegionParameter: 'ActiveRegion', SwitchIdParameter: 'SwitchId' } };

/** Stack name to Region and template. */
function assembly(stacks: { readonly [name: string]: { readonly region: string; readonly template: unknown } }) {
  const artifacts: Record<string, unknown> = { Tree: { type: 'cdk:tree' } };
  for (const [name, { region, template }] of Object.entries(stacks)) {
    artifacts[name] = { type: 'aws:cloudformation:stack', environment: `aws://unknown-account/${region}`, properties: { templateFile: `${name}.json` } };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(template));
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
  return readAssembly(folder);
}

const HOME = { region: 'eu-west-1', template: { Resources: { Manifest: MANIFEST, Routes: ROUTES } } };
const SUPPORT = { region: 'us-west-2', template: { Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } } };

test('finds stacks, Regions and the parameters that switch in the templates', () => {
  expect(assembly({ 'Media': HOME, 'media-us-west-2': SUPPORT })).toMatchObject({
    stacks: ['Media', 'media-us-west-2'], homeStack: 'Media', homeRegion: 'eu-west-1', stackRegions: ['eu-west-1', 'us-west-2'],
    manifestParameterName: '/s3-failover/media', switchParameter: 'ActiveRegion', switchIdParameter: 'SwitchId',
  });
});

test('lets the home Region take over last where the app gives no order', () => {
  expect(assembly({ Media: HOME }).order).toEqual(['us-east-1', 'us-west-2', 'eu-west-1']);
});

test("follows the app's own failover order", () => {
  const manifest = { ...MANIFEST, Properties: { ...MANIFEST.Properties, RoutingRegions: ['us-west-2', 'eu-west-1', 'us-east-1'] } };
  expect(assembly({ Media: { ...HOME, template: { Resources: { manifest, Routes: ROUTES } } } }).order).toEqual(['us-west-2', 'eu-west-1', 'us-east-1']);
});

test('fails when the app holds no multi-Region bucket', () => {
  expect(() => assembly({ 'media-us-west-2': SUPPORT })).toThrow('the example app should hold one multi-Region bucket, got 0');
});

test('fails when nothing in the app can switch', () => {
  expect(() => assembly({ Media: { ...HOME, template: { Resources: { Manifest: MANIFEST } } } })).toThrow("stack 'Media' of the example app has no parameter that switches the active Region; add a FailoverSwitch");
});

test('fails when Regions are not plain text', () => {
  const manifest = { ...MANIFEST, Properties: { ...MANIFEST.Properties, Regions: { Ref: 'Regions' } } };
  expect(() => assembly({ Media: { ...HOME, template: { Resources: { manifest, Routes: ROUTES } } } })).toThrow(`'Regions' must be plain Regions, got {"Ref":"Regions"}`);
});
