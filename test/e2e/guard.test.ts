import { Routing } from '../../lib';
import { Estate, eventually, onlyActive } from './support/estate';
import type { MediaOptions } from './support/media-app';

const THREE = ['us-east-1', 'us-west-2', 'eu-west-1'];
const FOUR = [...THREE, 'ap-southeast-2'];
const HOME = 'us-east-1';
const MEDIA: MediaOptions = { regions: THREE, home: HOME };

jest.setTimeout(240_000);

describe('the access point guard', () => {
  let estate: Estate;
  let arn: string;

  beforeAll(async () => {
    estate = await Estate.start(FOUR);
    const { exitCode, output } = await estate.deployAll(MEDIA);
    if (exitCode !== 0) throw new Error(output);
    arn = await estate.arn(HOME);
    const moved = await estate.switchTo(MEDIA, 'eu-west-1');
    if (moved.exitCode !== 0) throw new Error(moved.output);
  });

  afterAll(() => estate?.stop());

  const untouched = async () => {
    expect(await estate.arn(HOME)).toBe(arn);
    expect(await estate.routes(arn)).toEqual(onlyActive(THREE, 'eu-west-1'));
  };

  test('fails when the set of buckets changes, and the stack rolls back with nothing touched', async () => {
    const { exitCode, output } = await estate.deployAll({ ...MEDIA, regions: FOUR });

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/acknowledgeReplacement/);
    expect(output).toMatch(/accessPointRegions/);
    expect(await estate.stackStatus(HOME)).toBe('UPDATE_ROLLBACK_COMPLETE');
    await untouched();
  });

  test('lets the reverted code deploy green', async () => {
    const { exitCode, output } = await estate.deployAll(MEDIA);

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    await untouched();
  });

  test('grows from three to four Regions while the old alias serves throughout', async () => {
    const growing: MediaOptions = { ...MEDIA, regions: FOUR, accessPointRegions: THREE };
    const writer = keepWriting(estate, arn);

    const first = await estate.deployAll(growing);
    const second = await estate.deployAll({ ...growing, secondAccessPoint: true });
    const { written, failures } = await writer.stop();

    expect({ first: first.exitCode, second: second.exitCode, output: first.exitCode + second.exitCode === 0 ? '' : first.output + second.output })
      .toEqual({ first: 0, second: 0, output: '' });
    expect(failures).toEqual([]);
    expect(written.length).toBeGreaterThan(3);
    await untouched();
    const copied = await eventually(() => estate.read('ap-southeast-2', written[written.length - 1]), (body) => body !== undefined);
    expect(copied).toBe(written[written.length - 1]);
  });

  test('rolls back when an acknowledged change is followed by a failure, and the old alias is the one again', async () => {
    const shrunk: MediaOptions = { ...MEDIA, regions: FOUR, accessPointRegions: ['us-east-1', 'eu-west-1'] };
    await estate.deployHome(shrunk);
    const digest = await refusedDigest(estate);

    const { exitCode } = await estate.deployHome({ ...shrunk, acknowledgeReplacement: digest, failsAtTheEnd: true });

    expect(exitCode).not.toBe(0);
    expect(await estate.stackStatus(HOME)).toBe('UPDATE_ROLLBACK_COMPLETE');
    await untouched();
  });

  test('sets the old routes on an access point that was replaced with acknowledgement, and keeps the old one serving', async () => {
    const replaced: MediaOptions = { ...MEDIA, regions: FOUR, accessPointRegions: FOUR, routing: Routing.activePassive('us-east-1') };
    await estate.deployAll(replaced);
    const digest = await refusedDigest(estate);

    const { exitCode, output } = await estate.deployAll({ ...replaced, acknowledgeReplacement: digest });

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    const now = await estate.arn(HOME);
    expect(now).not.toBe(arn);
    expect(await estate.routes(now)).toEqual(onlyActive(FOUR, 'eu-west-1'));
    expect(await estate.routes(arn)).toEqual(onlyActive(THREE, 'eu-west-1'));
    await estate.put(arn, 'through-the-old-alias');
    await estate.put(now, 'through-the-new-alias');
    expect(await estate.read('eu-west-1', 'through-the-old-alias')).toBe('through-the-old-alias');
    expect(await estate.read('eu-west-1', 'through-the-new-alias')).toBe('through-the-new-alias');
  });

  test('fails when a spent digest stands for another change', async () => {
    await estate.deployHome({ ...MEDIA, regions: FOUR, accessPointRegions: ['us-east-1', 'us-west-2'] });
    const digest = await refusedDigest(estate);

    const { exitCode } = await estate.deployHome({ ...MEDIA, regions: FOUR, accessPointRegions: THREE, acknowledgeReplacement: digest });

    expect(exitCode).not.toBe(0);
    expect(await refusedDigest(estate)).not.toBe(digest);
  });
});

async function refusedDigest(estate: Estate): Promise<string> {
  const digest = await estate.refusedDigest(HOME);
  if (!digest) throw new Error(`no digest in: ${await estate.failureReason(HOME)}`);
  return digest;
}

function keepWriting(estate: Estate, arn: string) {
  const written: string[] = [];
  const failures: string[] = [];
  let running = true;
  const loop = (async () => {
    for (let count = 0; running; count += 1) {
      const key = `growing/${count}`;
      try {
        await estate.put(arn, key);
        written.push(key);
      } catch (error) {
        failures.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    stop: async () => {
      running = false;
      await loop;
      return { written, failures };
    },
  };
}
