import type { Survey } from '../../routes/read';
import { describeRoutes, list, memberRegions } from '../../routes/routes';
import { atWork } from '../history/at-work';
import { lineOf } from '../history/line';
import { quarantined } from '../history/quarantine';
import type { HistoryView } from '../history/read';
import type { WallClock } from '../ports';
import { TABLE } from '../history/automatic';
import { brakeIsOn, type RegisterView } from '../register';
import type { Estate } from '../estate';
import type { Health } from './health';
import type { RegisterSight } from './observe';
import type { Check } from './plan';
import { WITHOUT_REGISTER } from './claim';
import { age } from './words';

/** What the control endpoints say: alone, in agreement, or not. */
export function endpointsCheck(survey: Survey): Check {
  const { good, rows, views, failed } = survey;
  const name = 'control endpoints';
  const dead = failed.length > 0 ? `; no good answer from ${failed.map(({ endpoint, failure }) => `${endpoint} (${failure.kind === 'given up' ? 'none so far' : failure.kind})`).join(', ')}` : '';
  if (views.length > 1) {
    const says = views.map((view) => `${view.endpoints.join(', ')}: ${describeRoutes(view.routes)}`).join('; ');
    return { name, state: 'doubt', sentence: `they disagree, so that some tell old routes: ${says}${dead}`, fix: 's3-failover routes show' };
  }
  const sentence = `${good.length} of ${rows.length} answered${good.length > 1 ? ', and agree' : ''}${dead}`;
  return { name, state: good.length > 1 ? 'good' : 'doubt', sentence };
}

/** Routes that are for other Regions than the manifest knows: it is older or newer than the access point. */
export function membersChecks(survey: Survey, estate: Estate): Check[] {
  const known = [...estate.members].sort();
  const other = survey.views.map(({ routes }) => memberRegions(routes)).find((members) => list(members) !== list(known));
  return other ? [{ name: 'manifest', state: 'doubt', sentence: `the access point's Regions are ${list(other)}, and the manifest says ${list(known)}`, fix: 's3-failover export' }] : [];
}

export function targetCheck(region: string, health: Health | undefined): Check {
  const name = `target ${region}`;
  if (health?.state === 'well') return { name, state: 'good', sentence: `its bucket answered within ${Math.max(1, Math.round(health.latencyMs))} ms` };
  if (health?.state === 'ill') return { name, state: 'bad', sentence: `it looks dead: ${lineOf(health.reason)}` };
  return { name, state: 'doubt', sentence: `whether it is well is not known: ${lineOf(health?.reason ?? 'it was not asked')}` };
}

/** What keeps a Region from being chosen: in the records, or in the controller's register. */
export function barChecks(region: string, history: HistoryView, register: RegisterView | undefined): Check[] {
  const checks: Check[] = [];
  const record = quarantined(history.records).find((one) => one.region === region);
  const fix = `s3-failover reconcile, or s3-failover quarantine lift ${region} --why ...`;
  if (record) {
    const begun = record.by.phase === 'begun' ? ', an act that never said how it ended' : '';
    checks.push({ name: `target ${region}`, state: 'bad', sentence: `it is quarantined since ${record.since} (${record.by.verb} by ${record.by.who}${begun}): it may lack, or hold alone, what was written around then`, fix });
  } else if (register?.quarantined.includes(region)) {
    checks.push({ name: `target ${region}`, state: 'bad', sentence: 'it is quarantined, says the controller', fix });
  }
  // Traffic was moved away by a person, and a person moves it back.
  const exclusion = register?.excluded.find((one) => one.region === region && one.moved !== true);
  if (exclusion) checks.push({ name: `target ${region}`, state: 'bad', sentence: `it is excluded: ${lineOf(exclusion.why)}`, fix: `s3-failover include ${region}` });
  return checks;
}

/** Name of the check that no `--force` overrules: there is a word of its own for that. */
export const REGISTER = 'controller';

/** Nobody acts over a brake, or past a controller that cannot be asked. */
export function controllerChecks(register: RegisterSight, wall: WallClock, withoutRegister = false): Check[] {
  if (!register.ok) {
    const unread = `its register could not be read: ${lineOf(register.reason)}`;
    if (withoutRegister) return [{ name: REGISTER, state: 'doubt', sentence: `${unread}; going on without it: ${WITHOUT_REGISTER}` }];
    return [{ name: REGISTER, state: 'bad', sentence: unread, fix: `the same with '--without-register', which goes on all the same: ${WITHOUT_REGISTER}` }];
  }
  const brake = register.view?.brake;
  if (!brakeIsOn(brake, wall.now())) return [];
  const until = brake.until === undefined ? 'it is released' : wall.iso(brake.until);
  return [{ name: 'brake', state: 'bad', sentence: `${lineOf(brake.by)} put it on until ${until}: ${lineOf(brake.why)}`, fix: 's3-failover resume' }];
}

/** Name of the check that tells of them. */
export const SOMEBODY_ELSE = 'somebody else';

/** Others who may be at work right now. */
export function othersChecks(history: HistoryView, wall: WallClock, but?: string): Check[] {
  return atWork(history.records, wall, but).map(({ record, ageMs }) => ({
    name: SOMEBODY_ELSE,
    state: 'doubt',
    sentence: `${record.who} began '${record.verb}' to ${list(record.to)} ${age(ageMs)} ago and has not said how it ended`,
    fix: 's3-failover history',
  }));
}

/** What a plan does not know for want of records. */
export function historyChecks(history: HistoryView): Check[] {
  const name = 'history';
  if (history.regions.every((one) => !one.ok)) return [{ name, state: 'doubt', sentence: 'no Region told it, so that quarantines and acts of others are not known' }];
  const fix = 's3-failover history';
  const lost = history.unread.filter(({ key }) => key.endsWith('-q.json'));
  const [untold] = history.unread.filter(({ key }) => key === TABLE);
  return [
    ...(lost.length > 0 ? [{ name, state: 'doubt' as const, sentence: `${lost.length} records about quarantines could not be read: ${lost[0].reason}`, fix }] : []),
    ...(untold ? [{ name, state: 'doubt' as const, sentence: `not all that the controller did could be read, so that a quarantine may be missing: ${untold.reason}`, fix }] : []),
  ];
}
