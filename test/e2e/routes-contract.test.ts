import { OnRedeploy, Routing } from '../../lib';
import { Estate, onlyActive } from './support/estate';
import type { MediaOptions } from './support/media-app';

const REGIONS = ['us-east-1', 'us-west-2', 'eu-west-1'];
const HOME = 'ap-northeast-1';
const MEDIA: MediaOptions = { regions: REGIONS, home: HOME };

jest.setTimeout(180_000);

/** Each row of the routes contract, seen where it counts: in the live routes after a real deployment. */
describe('the routes contract', () => {
  let estate: Estate;
  let arn: string;
  const live = () => estate.routes(arn);

  beforeAll(async () => {
    estate = await Estate.start([HOME, ...REGIONS]);
    const { exitCode, output } = await estate.deployAll(MEDIA);
    if (exitCode !== 0) throw new Error(output);
    arn = await estate.arn('us-east-1');
  });

  afterAll(() => estate?.stop());

  test('a first deployment sets the routes as routing says, from a home Region that holds no data', async () => {
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-east-1'));
  });

  test('PRESERVE leaves traffic that was moved by hand where it is', async () => {
    await estate.moveByHand(arn, 'eu-west-1');

    const { exitCode } = await estate.deployHome({ ...MEDIA, routing: Routing.activePassive('us-west-2') });

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'eu-west-1'));
  });

  test('FAIL_ON_DRIFT fails the deployment after a move by hand, says how routes differ, and moves nothing', async () => {
    const { exitCode, output } = await estate.deployHome({ ...MEDIA, onRedeploy: OnRedeploy.FAIL_ON_DRIFT });

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/eu-west-1/);
    expect(await estate.stackStatus(HOME)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(onlyActive(REGIONS, 'eu-west-1'));
  });

  test('ENFORCE puts traffic back to what the template says', async () => {
    const { exitCode, output } = await estate.deployHome({ ...MEDIA, onRedeploy: OnRedeploy.ENFORCE });

    expect({ exitCode, output: exitCode === 0 ? '' : output }).toEqual({ exitCode: 0, output: '' });
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-east-1'));
  });

  test('ENFORCE does so each time, though nothing else changed', async () => {
    await estate.moveByHand(arn, 'eu-west-1');

    const { exitCode } = await estate.deployHome({ ...MEDIA, onRedeploy: OnRedeploy.ENFORCE });

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-east-1'));
  });

  test('FAIL_ON_DRIFT passes when live routes are as the template says', async () => {
    const { exitCode } = await estate.deployHome({ ...MEDIA, onRedeploy: OnRedeploy.FAIL_ON_DRIFT });

    expect(exitCode).toBe(0);
  });

  test('a switch by parameter moves traffic', async () => {
    const { exitCode } = await estate.switchTo(MEDIA, 'us-west-2');

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-west-2'));
  });

  test('an update that passes no parameters after a switch leaves traffic where it is', async () => {
    // As a pipeline does: CloudFormation then takes the template's default.
    const { exitCode } = await estate.deployHome(MEDIA, '--no-previous-parameters');

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-west-2'));
  });

  test('a new SwitchId repeats a switch that was undone by hand', async () => {
    await estate.switchTo(MEDIA, 'us-west-2');
    await estate.moveByHand(arn, 'us-east-1');

    const { exitCode } = await estate.switchTo(MEDIA, 'us-west-2', '--parameters', 'Media:SwitchId=again');

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-west-2'));
  });

  test('fails when SwitchId is new and no Region is named', async () => {
    const { exitCode, output } = await estate.switchTo(MEDIA, 'unchanged', '--parameters', 'Media:SwitchId=third');

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/SwitchId/);
    expect(await live()).toEqual(onlyActive(REGIONS, 'us-west-2'));
  });

  test('an update that fails after it moved traffic does not move it back when it rolls back', async () => {
    const { exitCode } = await estate.switchTo({ ...MEDIA, failsAtTheEnd: true }, 'eu-west-1');

    expect(exitCode).not.toBe(0);
    expect(await estate.stackStatus(HOME)).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await live()).toEqual(onlyActive(REGIONS, 'eu-west-1'));
  });

  test('a removed switch leaves traffic where it is', async () => {
    const { exitCode } = await estate.deployHome({ ...MEDIA, withSwitch: false });

    expect(exitCode).toBe(0);
    expect(await live()).toEqual(onlyActive(REGIONS, 'eu-west-1'));
  });

  test('delete submits nothing: the access point goes with the traffic where it was', async () => {
    const before = Date.now();

    const { exitCode } = await estate.destroyAll({ ...MEDIA, withSwitch: false });

    expect(exitCode).toBe(0);
    const submits = (await estate.aws.control.accessLog(before)).filter((entry) => /Submit.*Routes/.test(entry.operation));
    expect(submits).toEqual([]);
  });
});
