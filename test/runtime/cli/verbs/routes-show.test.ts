import { routesWith } from '../../../../runtime/core/routes/routes';
import { FakeEstate, type FakeEstateOptions } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { shell } from '../support/shell';

const estate = (scripts: FakeEstateOptions['scripts'] = {}) => new FakeEstate(new VirtualClock(), { scripts });
const disputed = () => estate({ 'eu-west-1': { read: [{ tells: routesWith(['us-west-2'], ['us-east-1', 'us-west-2', 'eu-west-1']) }] }, 'us-west-2': { read: [{ silent: true }] } });

test('on a terminal', async () => {
  const { code, out } = await shell(estate(), 'routes show', { terminal: true });
  expectGolden('routes-show/terminal.txt', out);
  expect(code).toBe(0);
});

test('through a pipe, where endpoints disagree', async () => {
  const { code, out } = await shell(disputed(), 'routes show');
  expectGolden('routes-show/disputed.txt', out);
  expect(code).toBe(6);
});

test('as JSON', async () => {
  expectGolden('routes-show/document.json', (await shell(estate(), 'routes show --json')).out);
  const { code, out } = await shell(disputed(), 'routes show --json');
  expectGolden('routes-show/disputed.json', out);
  expect(code).toBe(6);
});

test('fails when no endpoint tells, with what each said', async () => {
  const refused = { read: [{ fails: 'forbidden' as const }] };
  const world = estate(Object.fromEntries(['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'].map((region) => [region, refused])));
  const { code, err } = await shell(world, 'routes show');
  expect(code).toBe(1);
  expect(err).toMatch(/^error {2}every control endpoint refused to tell the routes of 'arn:aws:s3::111122223333:accesspoint\/mfzwi23gnjvgw.mrap': us-east-1: forbidden/);
});
