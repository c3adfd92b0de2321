import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { WhenLagging } from '../../lib';
import { Estate, onlyActive } from './support/estate';
import type { MediaOptions } from './support/media-app';

const EAST = 'us-east-1';
const WEST = 'us-west-2';
const REGIONS = [EAST, WEST];
const HOME = 'ap-northeast-1';
const MEDIA: MediaOptions = { regions: REGIONS, home: HOME };

jest.setTimeout(180_000);

/** One estate whose target lags by ten minutes, until replication is told to hurry; each test goes on where the last one ended. */
describe('a switch to a Region that lags', () => {
  let estate: Estate;
  let arn: string;
  const live = () => estate.routes(arn);
  const toWest = (id: string, options: MediaOptions = MEDIA) => estate.switchTo(options, WEST, '--parameters', `Media:SwitchId=${id}`);
  const markers = async () => {
    const found = REGIONS.map(async (region) => {
      const { Versions = [] } = await estate.aws.clients.s3(region).send(new ListObjectVersionsCommand({ Bucket: estate.bucket(region), Prefix: '.s3-failover/' }));
      return Versions.map(({ Key }) => `${region}: ${Key}`);
    });
    return (await Promise.all(found)).flat();
  };

  beforeAll(async () => {
    estate = await Estate.start([HOME, ...REGIONS]);
    await estate.aws.control.setReplicationMetrics({ periodMs: 1000, delayMs: 0 });
    const { exitCode, output } = await estate.deployAll(MEDIA);
    if (exitCode !== 0) throw new Error(output);
    arn = await estate.arn(EAST);
    await estate.aws.control.setReplication({ source: EAST, lagMs: 600_000 });
    for (const key of ['a', 'b', 'c']) await estate.put(arn, key);
  });

  afterAll(() => estate?.stop());

  test('whenLagging SWITCH switches at once', async () => {
    const { exitCode, output } = await estate.switchTo({ ...MEDIA, whenLagging: WhenLagging.SWITCH }, WEST);

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    expect(await live()).toEqual(onlyActive(REGIONS, WEST));
    expect(await estate.read(WEST, 'a')).toBeUndefined();
    await estate.moveByHand(arn, EAST);
  });

  test('a SwitchId that begins with force- switches once', async () => {
    const { exitCode, output } = await toWest('force-1');

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    expect(await live()).toEqual(onlyActive(REGIONS, WEST));
    await estate.moveByHand(arn, EAST);
  });

  test('fails with the next SwitchId, says how far behind and what to type, and moves nothing', async () => {
    expect((await toWest('2')).exitCode).not.toBe(0);

    const reason = await estate.failureReason(HOME);
    expect(reason).toMatch(/has not arrived in us-west-2; us-west-2 was \d+ s and 4 operations \(\d+ bytes\) behind us-east-1, as of \d+ s ago;/);
    expect(reason).toContain('--parameters Media:ActiveRegion=us-west-2 --parameters Media:SwitchId=force-<anything new>');
    expect(await estate.stackStatus(HOME)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(onlyActive(REGIONS, EAST));
  });

  test('switches when everything has arrived, and takes its marker away', async () => {
    await estate.aws.control.setReplication({ source: EAST, lagMs: 50 });
    await estate.aws.control.waitForReplication({ source: EAST, timeoutMs: 30_000 });
    const before = await markers();

    const { exitCode, output } = await toWest('3');

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    expect(await live()).toEqual(onlyActive(REGIONS, WEST));
    expect(await estate.read(WEST, 'a')).toBe('a');
    expect(await markers()).toEqual(before);
  });
});
