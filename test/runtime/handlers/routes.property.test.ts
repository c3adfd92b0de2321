import fc from 'fast-check';
import { leavesDoubt, type FailureKind } from '../../../runtime/core/routes/failure';
import { activeRegions, routesWith, sameRoutes } from '../../../runtime/core/routes/routes';
import { handleRoutes } from '../../../runtime/handlers/routes';
import { ControlPlane, endpointsByArn, type Fault, type Script } from '../support/control-plane';
import { MemoryLog } from '../support/log';
import { seeded } from '../support/random';
import { ARN, makeEvent, noLag, noRegister, OLD_ARN, REGIONS } from '../support/routes-event';
import { VirtualClock } from '../support/virtual-clock';

/** Set FC_RUNS and FC_SEED to look further. */
const RUNS = Number(process.env.FC_RUNS ?? 100);
const SEED = Number(process.env.FC_SEED ?? 20261122);
const SECONDS = 820;

const FIVE = ['us-east-1', 'us-west-2', 'ap-southeast-2', 'ap-northeast-1', 'eu-west-1'];
const KINDS: FailureKind[] = ['bad request', 'no such access point', 'single Region', 'conflict', 'slow down', 'wrong Region', 'forbidden', 'server error', 'unreachable', 'connection lost', 'timed out', 'garbage'];

const latencyMs = fc.integer({ min: 0, max: 4_000 });
const fault = (kinds: FailureKind[]): fc.Arbitrary<Fault> =>
  fc.oneof({ weight: 4, arbitrary: fc.record({ latencyMs: fc.integer({ min: 0, max: 300 }) }) }, fc.record({ latencyMs, fails: fc.constantFrom(...kinds) }), fc.constant({ silent: true }));
const lost: fc.Arbitrary<Fault> = fc.record({ latencyMs, fails: fc.constantFrom(...KINDS.filter(leavesDoubt)), landsAfterMs: fc.integer({ min: 0, max: 90_000 }) });
const script: fc.Arbitrary<Script> = fc.record({ read: fc.array(fault(KINDS), { maxLength: 4 }), submit: fc.array(fc.oneof(fault(KINDS), lost), { maxLength: 4 }) });
const scripts = fc.record(Object.fromEntries(FIVE.map((region) => [region, script])));

const region = fc.constantFrom(...REGIONS);
const parameter = fc.oneof(region, fc.constant('unchanged'), fc.constant(undefined));
const switchId = fc.constantFrom('', '1', '2', undefined);
const event = fc.record({
  RequestType: fc.constantFrom('Create' as const, 'Update' as const, 'Update' as const, 'Delete' as const),
  OnRedeploy: fc.constantFrom('PRESERVE', 'ENFORCE', 'FAIL_ON_DRIFT'),
  ActiveRegions: fc.uniqueArray(region, { minLength: 1 }),
  ActiveRegion: parameter,
  SwitchId: switchId,
  old: fc.record({ AccessPointArn: fc.constantFrom(ARN, ARN, OLD_ARN), ActiveRegion: parameter, SwitchId: switchId }),
});
const status = fc.constantFrom('CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_IN_PROGRESS', 'ROLLBACK_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE', 'away');
const live = fc.uniqueArray(region, { minLength: 1 }).map((active) => routesWith(active, REGIONS));

test(
  'whatever is deployed and whatever the endpoints do, the answer is true, in time, and a rollback moves nothing',
  () =>
    fc.assert(
      fc.asyncProperty(event, status, live, live, scripts, fc.nat(), async (options, stack, before, old, faults, seed) => {
        const clock = new VirtualClock();
        const plane = new ControlPlane(clock, before, faults, FIVE);
        const oldPlane = new ControlPlane(clock, old, faults, FIVE);
        const stackStatus = { read: async () => (stack === 'away' ? Promise.reject(new Error('away')) : stack) };
        const given = makeEvent(options);
        const endpoints = endpointsByArn({ [ARN]: plane, [OLD_ARN]: oldPlane });
        const answer = await clock.run(() =>
          handleRoutes(given, { clock, random: seeded(seed), log: new MemoryLog(), deadline: SECONDS * 1000 }, { endpoints, stackStatus, lag: noLag, register: noRegister }).then(
            (result) => ({ result }),
            (error: Error) => ({ reason: error.message }),
          ),
        );

        expect(clock.now()).toBeLessThanOrEqual(SECONDS * 1000);
        expect(clock.pendingTimers).toBe(plane.landing);
        expect(oldPlane.submits).toEqual([]);
        expect(plane.mostSubmitsAtOnce).toBeLessThanOrEqual(1);
        if (options.RequestType === 'Delete' || !stack.endsWith('_IN_PROGRESS') || stack.includes('ROLLBACK')) expect(plane.submits).toEqual([]);
        if (stack.includes('ROLLBACK_IN_PROGRESS')) expect(answer).toHaveProperty('result');
        if ('reason' in answer) return expect(answer.reason).not.toBe('');

        const { Data: data } = answer.result;
        expect(JSON.stringify(answer.result).length).toBeLessThan(3_500);
        if (options.RequestType === 'Delete') return expect(data).toEqual({});
        if (data.ActiveRegions !== '') expect(data.ActiveRegions).toBe(activeRegions(plane.live).join());
        if (plane.submits.length > 0) {
          expect(plane.submits.every((submit) => sameRoutes(submit.routes, plane.submits[0].routes))).toBe(true);
          expect(sameRoutes(plane.live, plane.submits[0].routes)).toBe(true);
          expect(data.Proof).toMatch(/^read back/);
        } else {
          expect(plane.live).toEqual(before);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    ),
  120_000,
);
