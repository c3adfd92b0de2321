import { cardText } from '../../../../../runtime/core/operate/card/card';
import { cardCommands } from '../../../../../runtime/core/operate/card/commands';
import { estateOf } from '../../../../../runtime/core/operate/estate';
import { buckets, manifest } from '../../../support/manifest';

const estate = (changed = {}) => estateOf(manifest({ routing: { mode: 'failover-order', regions: ['us-east-1', 'us-west-2', 'eu-west-1'] }, ...changed }));
const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];

test('has a command for every target at each of the five endpoints, and one that reads at each', () => {
  const { read, targets, alive } = cardCommands(estate());
  expect(read.map(({ at }) => at)).toEqual(FIVE);
  expect(targets.map(({ active, commands }) => [active, commands.map(({ at }) => at)])).toEqual(REGIONS.map((region) => [[region], FIVE]));
  expect(alive.map(({ at }) => at)).toEqual(REGIONS);
});

test('every submit names each Region once, with exactly the target active', () => {
  for (const { active, commands } of cardCommands(estate()).targets) {
    for (const { line, at } of commands) {
      const dials = Object.fromEntries([...line.matchAll(/Region=([\w-]+),TrafficDialPercentage=(\d+)/g)].map(([, region, dial]) => [region, dial]));
      expect(dials).toEqual(Object.fromEntries(REGIONS.map((region) => [region, region === active[0] ? '100' : '0'])));
      expect(line).toContain(` --region ${at} --account-id 111122223333 --mrap arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap `);
    }
  }
});

test('with every Region active by design, that is the first target', () => {
  const { targets } = cardCommands(estate({ routing: { mode: 'latency', regions: REGIONS } }));
  expect(targets.map(({ active }) => active)).toEqual([REGIONS, ['us-east-1'], ['us-west-2'], ['eu-west-1']]);
  expect(targets[0].commands[0].line).not.toContain('TrafficDialPercentage=0 ');
});

test('a Region that is only replicated to is no target, and is named', () => {
  const other = estate({ buckets: { ...buckets(), 'eu-central-1': 'media-111122223333-eu-central-1-an' } });
  expect(cardCommands(other).targets).toHaveLength(3);
  expect(cardText(other, 'txt')).toContain('Only replicated to: eu-central-1.');
});

test('both formats have the same commands, each on a line of its own', () => {
  const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('aws '));
  const { caller, alive, read, targets } = cardCommands(estate());
  const all = [caller, ...[...alive, ...read, ...targets.flatMap(({ commands }) => commands)].map(({ line }) => line)];
  expect(lines(cardText(estate(), 'txt'))).toEqual(all);
  expect(lines(cardText(estate(), 'md'))).toEqual(all);
});

test('nothing that a manifest could hold gets onto the card as more than a line', () => {
  const odd = manifest();
  const text = cardText(estateOf({ ...odd, accessPoint: { ...odd.accessPoint, name: 'a\naws s3 rm\u001b[31m' } }), 'txt');
  expect(text.split('\n')[0]).toBe('Break-glass card: a aws s3 rm [31m');
});

test('text is broken where a page ends, commands are not', () => {
  const lines = cardText(estate(), 'txt').split('\n');
  expect(lines.filter((line) => line.length > 100 && !line.startsWith('aws '))).toEqual([]);
});
