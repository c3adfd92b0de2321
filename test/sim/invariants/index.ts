import { AFenceLapses } from './a-fence-lapses';
import { AVetoHolds } from './a-veto-holds';
import { APersonsActStands } from './a-persons-act-stands';
import { NoFailoverForABlip } from './blip';
import { BrakeHolds } from './brake-holds';
import { CoolDown } from './cool-down';
import { DeadRegionIsLeft } from './dead-region-is-left';
import { DisputeIsWaitedOut } from './dispute';
import { EpochsNeverConflict } from './epochs-never-conflict';
import { ExcludedIsNoTarget } from './excluded-is-no-target';
import { NothingIsLeftBehind } from './failback';
import { FinishingEnds } from './finishing-ends';
import type { Invariant } from './invariant';
import { LossIsBounded } from './loss-is-bounded';
import { LeftStaysLeft } from './left-stays-left';
import { NeverZeroActive } from './never-zero-active';
import { NoNeedlessFailover } from './no-needless-failover';
import { NothingLostIsTrue } from './nothing-lost-is-true';
import { NoOutageIsCalledOff } from './no-outage-is-called-off';
import { OneLiarMovesNothing } from './one-liar-moves-nothing';
import { OnlyAPersonExcludes } from './only-a-person-excludes';
import { OnlyADownRegionIsLeft } from './only-down-is-left';
import { OnlyLiveRoutesAreAdopted } from './only-live-is-adopted';
import { RequestsAreBounded } from './requests-are-bounded';
import { RoutesConverge } from './routes-converge';
import { SubmitsOwnTheEpoch } from './submits-own-the-epoch';
import { SupersededIsListed } from './superseded-is-listed';
import { TwoPoliciesDecideNothing } from './two-policies';
import { TargetWasWell } from './target-was-well';
import { NoWellRegionIsLeft } from './well-is-not-left';

/** Fresh ones for each schedule: they remember. */
export function allInvariants(): Invariant[] {
  return [
    new NeverZeroActive(),
    new SubmitsOwnTheEpoch(),
    new EpochsNeverConflict(),
    new BrakeHolds(),
    new TargetWasWell(),
    new ExcludedIsNoTarget(),
    new OneLiarMovesNothing(),
    new NoNeedlessFailover(),
    new CoolDown(),
    new RoutesConverge(),
    new APersonsActStands(),
    new RequestsAreBounded(),
    new DeadRegionIsLeft(),
    new LossIsBounded(),
    new AVetoHolds(),
    new TwoPoliciesDecideNothing(),
    new NothingIsLeftBehind(),
    new AFenceLapses(),
    new NothingLostIsTrue(),
    new SupersededIsListed(),
    new NoFailoverForABlip(),
    new OnlyADownRegionIsLeft(),
    new DisputeIsWaitedOut(),
    new NoWellRegionIsLeft(),
    new OnlyAPersonExcludes(),
    new LeftStaysLeft(),
    new OnlyLiveRoutesAreAdopted(),
    new FinishingEnds(),
    new NoOutageIsCalledOff(),
  ];
}
