import { driftOf } from '../../../../runtime/core/routes/drift';
import { parseRoutesProperties } from '../../../../runtime/core/routes/properties';
import { routesWith } from '../../../../runtime/core/routes/routes';
import { ARN, BUCKETS, REGIONS } from '../../support/routes-event';

function wanted(changed: object = {}) {
  const parsed = parseRoutesProperties({ ServiceToken: 'arn', AccessPointArn: ARN, Buckets: BUCKETS, ActiveRegions: ['us-east-1'], OnRedeploy: 'PRESERVE', ...changed });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

test('routes as the template or its parameter asks are no drift', () => {
  expect(driftOf(routesWith(['us-east-1'], REGIONS), wanted())).toBe('');
  expect(driftOf(routesWith(['eu-west-1'], REGIONS), wanted({ ActiveRegion: 'eu-west-1' }))).toBe('');
});

test('drift says what is live and what was asked for', () => {
  expect(driftOf(routesWith(['eu-west-1'], REGIONS), wanted())).toBe('live routes differ from the template: live active eu-west-1, passive us-east-1, us-west-2; asked for active us-east-1, passive eu-west-1, us-west-2');
});

test('drift names the Regions of the access point where they are others', () => {
  expect(driftOf(routesWith(['us-east-1'], ['us-east-1', 'us-west-2']), wanted())).toBe(
    "live routes differ from the template: live active us-east-1, passive us-west-2; asked for active us-east-1, passive eu-west-1, us-west-2; the access point's Regions are us-east-1, us-west-2",
  );
});
