import { duration } from '../../lag/words';
import { describeSurvey } from '../../routes/read';
import { list } from '../../routes/routes';
import { lineOf } from '../history/line';
import type { WallClock } from '../ports';
import { brakeIsOn } from '../register';
import type { ControllerSight } from './controller';
import type { RegionStatus, Status } from './model';

/** Something that a person should know, and what to do about it. */
export interface Remark {
  readonly kind: 'bad' | 'doubt' | 'fact';
  readonly sentence: string;
  readonly next?: string;
}

/** Beyond this the clock is worth a word: signatures bear 15 minutes, but fences and ages are read by it. */
const CLOCK_OFF_MS = 5_000;

/** What a status means, the worst first. */
export function remarksOn(status: Status, wall: WallClock): Remark[] {
  const remarks = [...routes(status), ...traffic(status), ...status.regions.flatMap((region) => ofRegion(region, wall)), ...lag(status), ...acts(status), ...clock(status), ...controller(status, wall)];
  const order = ['bad', 'doubt', 'fact'];
  // Some of it was said by services and by others' records: nothing of that may reach a terminal as more than a line.
  const lines = remarks.map((remark) => ({ ...remark, sentence: lineOf(remark.sentence) }));
  return lines.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function routes({ survey }: Status): Remark[] {
  const { good, failed, views } = survey;
  const all = good.length + failed.length;
  if (good.length === 0) return [{ kind: 'bad', sentence: `none of ${all} control endpoints told the routes: ${describeSurvey([], failed)}`, next: 's3-failover card' }];
  if (views.length > 1) return [{ kind: 'bad', sentence: `the control endpoints disagree: ${describeSurvey(views, [])}`, next: 's3-failover routes show' }];
  if (failed.length > 0) return [{ kind: 'doubt', sentence: `${good.length} of ${all} control endpoints answered, and agree; ${describeSurvey([], failed)}` }];
  return [{ kind: 'fact', sentence: good.length === 1 ? 'the control endpoint answered' : `all ${all} control endpoints answered, and agree` }];
}

/** Where traffic goes, and whether it is served there as seen from here. */
function traffic({ regions, active }: Status): Remark[] {
  const sick = regions.filter(({ region, health }) => active?.includes(region) && (health.kind === 'no answer' || health.kind === 'failing'));
  if (sick.length === 0) return [];
  const fit = regions.find(({ route, health, quarantinedSince, excludedBecause }) => route === 'passive' && health.kind === 'healthy' && !quarantinedSince && !excludedBecause);
  return [
    {
      kind: 'bad',
      sentence: `traffic goes to ${list(sick.map(({ region }) => region))}, which ${sick.some(({ health }) => health.kind === 'failing') ? 'does not do its work' : 'does not answer'} as seen from here`,
      next: fit && `s3-failover failover ${fit.region}`,
    },
  ];
}

function ofRegion({ region, health, fence, quarantinedSince, excludedBecause }: RegionStatus, wall: WallClock): Remark[] {
  const remarks: Remark[] = [];
  if (health.kind !== 'healthy') remarks.push({ kind: 'doubt', sentence: `${region} is not seen to be well: ${health.reason}` });
  if (quarantinedSince) {
    remarks.push({ kind: 'bad', sentence: `${region} is quarantined since ${quarantinedSince}: it may hold versions that no other Region has`, next: `s3-failover reconcile ${region}` });
  }
  if (excludedBecause !== undefined) remarks.push({ kind: 'doubt', sentence: `${region} is excluded from automatic choice: ${excludedBecause}`, next: `s3-failover include ${region}` });
  if (fence.kind === 'up') {
    const until = fence.until === undefined ? 'for good, as it says no time' : `until ${wall.iso(fence.until)}`;
    remarks.push({ kind: 'bad', sentence: `${region} refuses clients' writes ${until}: a fence of act ${fence.actId}`, next: `s3-failover fence show` });
  }
  if (fence.kind === 'lapsed') remarks.push({ kind: 'doubt', sentence: `a fence that has lapsed is left in the policy of ${region}`, next: 's3-failover fence lift' });
  if (fence.kind === 'unknown' && health.kind === 'healthy') remarks.push({ kind: 'doubt', sentence: `whether ${region} is fenced is not known: ${fence.reason}` });
  return remarks;
}

/** Idle rules publish nothing; who could not be asked is another matter, unless the Region is known to be sick already. */
function lag({ directions, regions }: Status): Remark[] {
  const healthy = (region: string) => regions.some((one) => one.region === region && one.health.kind === 'healthy');
  return directions.flatMap((report): Remark[] => {
    const { region } = report.direction.destination;
    return report.kind === 'unknown' && report.because === 'no answer' && healthy(region) ? [{ kind: 'doubt', sentence: report.sentence }] : [];
  });
}

function acts({ history, regions }: Status): Remark[] {
  const working = history.atWork.map(({ record, ageMs }): Remark => ({
    kind: 'doubt',
    sentence: `${record.who} began '${record.verb}' to ${list(record.to)} ${duration(ageMs)} ago, and has not said how it ended`,
    next: 's3-failover history',
  }));
  const silent = history.silent.filter(({ region }) => regions.some((one) => one.region === region && one.health.kind === 'healthy'));
  const untold = silent.map(({ region, reason }): Remark => ({ kind: 'doubt', sentence: `${region} did not tell its history, so that a quarantine may be missing: ${reason}` }));
  const [first] = history.unread;
  const unread: Remark[] = first ? [{ kind: 'doubt', sentence: `${history.unread.length} of the records of acts could not be read, so that a quarantine may be missing: ${first.reason}`, next: 's3-failover history' }] : [];
  return [...working, ...untold, ...unread];
}

function clock({ clockAheadMs = 0 }: Status): Remark[] {
  if (Math.abs(clockAheadMs) < CLOCK_OFF_MS) return [];
  const sentence = `the clock of this machine is ${duration(Math.abs(clockAheadMs))} ${clockAheadMs > 0 ? 'behind' : 'ahead of'} that of AWS`;
  return [{ kind: 'doubt', sentence, next: 'set the clock of this machine' }];
}

function controller({ controller }: Status, wall: WallClock): Remark[] {
  switch (controller.kind) {
    case 'none':
      return [{ kind: 'fact', sentence: 'there is no controller: traffic moves when a person moves it' }];
    case 'unreadable':
      return [{ kind: 'doubt', sentence: `the controller's register cannot be read: ${controller.reason}` }];
    case 'there': {
      const { brake, intent } = controller.view;
      const meant: Remark = { kind: 'fact', sentence: intent.length > 0 ? `the controller means ${list(intent)} to be active` : 'the controller has not looked where traffic is: its register is not written yet' };
      const braked: Remark[] = brakeIsOn(brake, wall.now()) ? [{ kind: 'doubt', sentence: `the brake is on, by ${brake.by}: ${brake.why}`, next: 's3-failover resume' }] : [];
      return [meant, ...braked, ...(controller.sight ? ofSight(controller.sight) : [])];
    }
  }
}

/** What it would do now, its last act, and who is not heard. */
function ofSight({ register, observers, policies, decision, assumed, lookedMs }: ControllerSight): Remark[] {
  const taken = assumed.length > 0 ? `, if the reports of ${list(assumed)} are fresh, which a look of ${duration(lookedMs)} could not show` : '';
  const remarks: Remark[] = [{ kind: decision.action === 'alarm' ? 'bad' : decision.action === 'hold' ? 'fact' : 'doubt', sentence: `the controller would ${decision.action === 'alarm' ? 'hold, and alarm' : decision.action} now${taken}: ${decision.sentence}` }];
  if (register && register.epoch > 0) {
    const { act, coolDownMs } = register;
    const ended = act.outcome === undefined ? '' : `: ${act.outcome}`;
    remarks.push({ kind: act.state === 'done' || act.state === 'failed' ? 'fact' : 'doubt', sentence: `epoch ${register.epoch}, ${act.kind} by ${act.by}: ${act.state}${ended}` });
    if (coolDownMs > 0) remarks.push({ kind: 'fact', sentence: `its cool-down has at most ${duration(coolDownMs)} left: until then nothing automatic moves traffic` });
  }
  const voters = observers.filter(({ role }) => role === 'voter');
  const never = voters.filter(({ reports }) => reports === 'none').map(({ region }) => region);
  const silent = voters.filter(({ region, reports }) => reports === 'still' && !assumed.includes(region)).map(({ region }) => region);
  if (never.length > 0) remarks.push({ kind: 'doubt', sentence: `the voter in ${list(never)} never reported`, next: 's3-failover doctor' });
  if (silent.length > 0) remarks.push({ kind: 'doubt', sentence: `the voter in ${list(silent)} reports no more`, next: 's3-failover doctor' });
  if (policies.length > 1) remarks.push({ kind: 'doubt', sentence: 'voters follow different policies, as during a deployment: nothing automatic moves traffic' });
  return remarks;
}
