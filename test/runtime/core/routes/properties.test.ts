import { parseRoutesProperties, previousRoutes } from '../../../../runtime/core/routes/properties';
import { ARN, BUCKETS } from '../../support/routes-event';

const good = { ServiceToken: 'arn', AccessPointArn: ARN, Buckets: BUCKETS, ActiveRegions: ['us-east-1'], OnRedeploy: 'PRESERVE', SynthesisId: 'x' };

test('properties become what the plan works with', () => {
  expect(parseRoutesProperties({ ...good, ActiveRegion: 'us-west-2', SwitchId: '1' })).toEqual({
    ok: true,
    value: {
      accessPoint: { arn: ARN, partition: 'aws', account: '111122223333', alias: 'mfzwi23gnjvgw.mrap' },
      members: ['eu-west-1', 'us-east-1', 'us-west-2'],
      buckets: BUCKETS,
      activeRegions: ['us-east-1'],
      activeRegion: 'us-west-2',
      switchId: '1',
      onRedeploy: 'PRESERVE',
      whenLagging: 'SWITCH',
      parameterNames: { activeRegion: 'ActiveRegion', switchId: 'SwitchId' },
    },
  });
});

test('a switch says what it does while its target lags, and how its parameters are called', () => {
  expect(parseRoutesProperties({ ...good, WhenLagging: 'REFUSE', ActiveRegionParameter: 'MediaRegion', SwitchIdParameter: 'MediaId' })).toMatchObject({
    ok: true,
    value: { whenLagging: 'REFUSE', parameterNames: { activeRegion: 'MediaRegion', switchId: 'MediaId' } },
  });
});

test.each([{ ActiveRegion: 'unchanged', SwitchId: '' }, { ActiveRegion: '' }, {}])('no switch is asked for by %j', (given) => {
  expect(parseRoutesProperties({ ...good, ...given })).toMatchObject({ ok: true, value: { activeRegion: undefined, switchId: undefined } });
});

test.each<[name: string, given: object, reason: RegExp]>([
  ['the ARN is missing', { AccessPointArn: undefined }, /^'AccessPointArn' must be a string, got nothing;/],
  ['the ARN is a name', { AccessPointArn: 'media' }, /^'AccessPointArn' must be the ARN of a Multi-Region Access Point, got 'media'/],
  ['the ARN names a Regional access point', { AccessPointArn: 'arn:aws:s3:us-east-1:111122223333:accesspoint/media' }, /^'AccessPointArn' must be the ARN/],
  ['the ARN lacks the suffix of the alias', { AccessPointArn: 'arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw' }, /^'AccessPointArn' must be the ARN/],
  ['there are no buckets', { Buckets: {} }, /^'Buckets' must name at least one bucket/],
  ['a bucket is no name', { Buckets: { 'us-east-1': '' } }, /^'Buckets.us-east-1' must be a bucket name/],
  ['no Region is active', { ActiveRegions: [] }, /^'ActiveRegions' must name at least one Region/],
  ['an active Region is no member', { ActiveRegions: ['us-east-1', 'eu-north-1'] }, /^'ActiveRegions\[1\]' must be a Region of the access point \(eu-west-1, us-east-1, us-west-2\), got 'eu-north-1'/],
  ['an active Region stands twice', { ActiveRegions: ['us-east-1', 'us-east-1'] }, /^'ActiveRegions\[1\]' must not repeat a Region, got 'us-east-1'/],
  ['the Region to switch to is no member', { ActiveRegion: 'eu-north-1' }, /^'ActiveRegion' must be a Region of the access point .*got 'eu-north-1'/],
  ['the Region to switch to is misspelt', { ActiveRegion: 'Unchanged' }, /^'ActiveRegion' must be a Region of the access point .*got 'Unchanged'/],
  ['the mode is unknown', { OnRedeploy: 'preserve' }, /^'OnRedeploy' must be one of PRESERVE, ENFORCE, FAIL_ON_DRIFT, got 'preserve'/],
  ['what is done while lagging is unknown', { WhenLagging: 'refuse' }, /^'WhenLagging' must be one of REFUSE, SWITCH, got 'refuse'/],
  ['the name of a parameter is none', { SwitchIdParameter: 'Switch-Id' }, /^'SwitchIdParameter' must be the name of a stack parameter, got 'Switch-Id'/],
  ['the mode is missing', { OnRedeploy: undefined }, /^'OnRedeploy' must be one of .*, got nothing/],
])('fails when %s', (_, given, reason) => {
  const parsed = parseRoutesProperties({ ...good, ...given });
  expect(parsed).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

test.each([undefined, {}, { AccessPointArn: 5, ActiveRegion: ['x'], SwitchId: null }, { ActiveRegion: 'unchanged', SwitchId: '' }])('former properties never fail: %j', (former) => {
  expect(previousRoutes(former as any)).toEqual({ accessPointArn: undefined, activeRegion: undefined, switchId: undefined });
});
