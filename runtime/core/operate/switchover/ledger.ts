import { reasonOf } from '../../calls/reason';
import { activeRegions } from '../../routes/routes';
import { claimAct, gateOf, settleAct, settlementOf } from '../act/claim';
import { REGISTER } from '../act/checks';
import { liveBefore, objections, type Plan } from '../act/plan';
import { Recording } from '../act/recording';
import type { Teller } from '../act/world';
import { callRegion } from '../call';
import type { Gate } from '../../routes/change';
import { brakeIsOn, type Brake, type Claim } from '../register';
import type { Ending } from './ending';
import type { RegisterSight } from '../act/observe';
import type { SwitchoverTimes } from './times';
import type { SwitchoverRequest, SwitchoverWorld } from './world';

/** What others must know of an act: the claim and the brake in the controller's register, and the records of its beginning and end. */
export class Ledger {
  private readonly recording: Recording;
  private claim: Claim = {};
  private braked?: Brake;

  constructor(
    private readonly world: SwitchoverWorld,
    private readonly teller: Teller,
    private readonly request: SwitchoverRequest,
    private readonly plan: Plan,
    sources: readonly string[],
    private readonly times: SwitchoverTimes,
  ) {
    this.recording = new Recording(world, {
      verb: 'switchover',
      planned: true,
      why: request.why,
      from: activeRegions(plan.before),
      to: activeRegions(plan.after),
      lag: plan.checks.filter(({ name }) => sources.some((region) => name === `${region} to ${request.target}`)).map(({ sentence }) => sentence),
      overruled: request.force ? objections(plan).map(({ name, sentence }) => `${name}: ${sentence}`) : [],
    });
  }

  get actId(): string {
    return this.recording.id;
  }

  /** Why the act may not be, or nothing. */
  async open(register: RegisterSight): Promise<string | undefined> {
    const { world, teller, request } = this;
    teller.step('claim the act');
    const intent = { actId: this.actId, by: world.who, why: request.why ?? '', active: activeRegions(this.plan.after), live: liveBefore(this.plan), overBrake: request.force };
    const claimed = await claimAct(world, teller, intent, request.withoutRegister === true);
    if ('refusal' in claimed) return claimed.refusal;
    this.claim = claimed.claim;
    if (claimed.without !== undefined) this.recording.overrule(`${REGISTER}: ${claimed.without}`);
    this.braked = await this.brake(register);
    await this.recording.begin();
    return undefined;
  }

  /** Asked right before each send. */
  get gate(): Gate | undefined {
    return gateOf(this.world, this.claim, this.request.withoutRegister === true);
  }

  /** Gives the Regions that have the record. */
  async close(ending: Ending, moved: boolean): Promise<readonly string[]> {
    const kept = await this.amend(ending, moved);
    const { braked } = this;
    if (braked) await this.brief((signal) => this.world.register.release(signal, braked));
    return kept;
  }

  /** Writes down how it ended, in place of what was written before. */
  async amend({ kind, sentence, proof = 'none', nothingLost, outageSeconds, change }: Ending, moved: boolean): Promise<readonly string[]> {
    const recorded = kind === 'planned' || kind === 'declined' ? 'failed' : kind;
    const kept = await this.recording.end({ kind: recorded, sentence, proof, moved, nothingLost, outageSeconds });
    await settleAct(this.world, this.teller, this.claim, settlementOf({ kind: recorded, sentence }, moved, change?.pending.length));
    return kept.regions;
  }

  /** Keeps everything automatic from acting meanwhile. A brake that is on already stays as it is. */
  private async brake(register: RegisterSight): Promise<Brake | undefined> {
    const { world, request, times } = this;
    if (!register.ok || brakeIsOn(register.view?.brake, world.wall.now())) return undefined;
    const until = world.wall.now() + times.servedMs + times.fence.lifetimeMs + (request.waitMs ?? times.waitMs[request.drain]);
    const brake: Brake = { by: world.who, why: `switchover to ${request.target}`, until };
    const steered = await this.brief((signal) => world.register.brake(brake, signal));
    // Without an answer it may be on all the same.
    return steered?.kind === 'no controller' ? undefined : brake;
  }

  private async brief<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    try {
      return await callRegion(this.world.clock, 'the register', { what: 'the register', mostMs: this.times.claimMs }, call);
    } catch (error) {
      this.teller.say(`The controller's register did not answer: ${reasonOf(error)}`);
      return undefined;
    }
  }
}
