import { FakeEstate } from '../../support/fake-estate';
import { VirtualClock } from '../../support/virtual-clock';
import { expectGolden } from '../support/golden';
import { manifestFile } from '../support/manifest-file';
import { shell } from '../support/shell';

const estate = () => new FakeEstate(new VirtualClock());

test.each(['txt', 'md'])('as %s', async (format) => {
  const { code, out, err } = await shell(estate(), `card --format ${format}`);
  expectGolden(`card/card.${format}`, out);
  expect([code, err]).toEqual([0, '']);
});

test('is the same on a terminal: it is to be copied', async () => {
  expect((await shell(estate(), 'card', { terminal: true })).out).toBe((await shell(estate(), 'card')).out);
});

test('as JSON, with each command by target and endpoint', async () => {
  const { out } = await shell(estate(), 'card --json');
  const document = JSON.parse(out);
  expect(document).toMatchObject({ schema: 'cdk-s3-failover/card', version: 1, format: 'txt', revision: 5 });
  expect(document.targets[1]).toMatchObject({ active: ['us-west-2'], commands: [{ at: 'us-east-1', line: expect.stringContaining('submit-multi-region-access-point-routes') }, {}, {}, {}, {}] });
});

test('asks nothing of AWS when the manifest is a file', async () => {
  const world = estate();
  const { code } = await shell(world, `card --manifest ${manifestFile(world.estate.manifest)}`, { caller: new Error('nobody may be asked') });
  expect([code, world.calls]).toEqual([0, []]);
});
