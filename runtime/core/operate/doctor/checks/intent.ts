import { RoutingMode } from '../../../../../lib/private/contract';
import { list } from '../../../routes/routes';
import { atWork } from '../../history/at-work';
import { quarantined } from '../../history/quarantine';
import type { HistoryView } from '../../history/read';
import type { ActRecord } from '../../history/record';
import type { Check } from '../check';
import type { Facts } from '../facts';
import { good, type Said } from '../finding';
import { notChecked } from '../seen';

/** Ending of the keys of records that begin or end a quarantine. */
const OF_A_QUARANTINE = '-q.json';

/** Where traffic is, against where somebody meant it to be: template, register and the last act. */
export const intent: Check = {
  name: 'intent',
  about: 'live routes against what was meant: the manifest, the register, the last act',
  async run(facts) {
    const [active, history, register] = await Promise.all([facts.active(), facts.history(), facts.register()]);
    const silent = history.regions.flatMap((answer) => (answer.ok ? [] : [answer.region]));
    const found: Said[] = [];
    if (silent.length === history.regions.length) {
      found.push({ severity: 'not checked', code: 'no-history', sentence: 'the last act was not checked: no Region told its history', evidence: history.regions.map((answer) => `${answer.region}: ${answer.ok ? '' : answer.reason}`).join('; ') });
    }
    found.push(...unread(history.unread, 'acts that may be under way'));
    found.push(...unfinished(facts, history.records), ...ofRegister(register.kind === 'seen' ? register.value : undefined, active, facts));
    if (register.kind !== 'seen') found.push({ ...notChecked('the register of the controller', 'the register', register), severity: 'fails', code: 'register-unreadable', fix: 'while it cannot be read, nobody knows who may act' });
    if (!active) return [...found, { severity: 'not checked', code: 'no-answer', sentence: 'whether traffic is where it is meant to be was not checked: no control endpoint told the routes' }];
    return [...found, ...ofRoutes(facts, active, history.records)];
  },
};

/** Regions that left in a hurry, or that somebody excluded: a failover there needs to be forced. */
export const targets: Check = {
  name: 'targets',
  about: 'Regions that may not be a target: quarantined or excluded',
  async run(facts) {
    const [active, history, register] = await Promise.all([facts.active(), facts.history(), facts.register()]);
    const { members } = facts.world.estate;
    const passive = members.filter((region) => !(active ?? []).includes(region));
    const view = register.kind === 'seen' ? register.value : undefined;
    const held = quarantined(history.records).filter(({ region }) => members.includes(region));
    const excluded = (view?.excluded ?? []).filter(({ region }) => members.includes(region));
    const barred = new Set([...held.map(({ region }) => region), ...excluded.map(({ region }) => region), ...(view?.quarantined ?? [])]);
    const none = active !== undefined && passive.length > 0 && passive.every((region) => barred.has(region));
    const severity = none ? 'fails' : 'warns';
    const only = none ? ', and there is no other target' : '';
    const found: Said[] = [
      ...held.map(({ region, since, by }): Said => ({
        severity: active?.includes(region) ? 'warns' : severity,
        code: 'region-quarantined',
        where: region,
        sentence: `${region} is quarantined since ${since}: it may hold versions that no other Region has, and a failover there needs '--force'${only}`,
        evidence: `left by ${by.who} in ${by.verb} ${by.id}`,
        commands: ['s3-failover reconcile'],
      })),
      ...excluded.map(({ region, why }): Said => ({ severity, code: 'region-excluded', where: region, sentence: `${region} is excluded as a target${only}`, evidence: why, commands: [`s3-failover include ${region}`] })),
    ];
    found.push(...unread(history.unread.filter(({ key }) => key.endsWith(OF_A_QUARANTINE)), 'quarantines'));
    if (found.length > 0) return found;
    if (history.regions.every((answer) => !answer.ok)) return [{ severity: 'not checked', code: 'no-history', sentence: 'whether a Region is quarantined was not checked: no Region told its history' }];
    return [good('no Region is quarantined or excluded')];
  },
};

/** Records that are there and were not understood, or not given. */
function unread(records: HistoryView['unread'], what: string): Said[] {
  const [first] = records;
  if (!first) return [];
  return [{ severity: 'not checked', code: 'records-unread', sentence: `${what}: not checked in full, for ${records.length} of the records of acts could not be read`, evidence: first.reason, commands: ['s3-failover history'] }];
}

function unfinished(facts: Facts, records: readonly ActRecord[]): Said[] {
  const busy = new Set(atWork(records, facts.world.wall).map(({ record }) => record.id));
  const under = records.filter(({ id }) => busy.has(id)).map((record): Said => ({
    severity: 'warns',
    code: 'act-under-way',
    sentence: `${record.who} is at work: ${record.verb} to ${list(record.to)} since ${record.at}, and it has not ended`,
    evidence: `act ${record.id}`,
    fix: 'ask before you act yourself',
    commands: ['s3-failover history'],
  }));
  const [last] = records;
  if (!last || busy.has(last.id)) return under;
  if (last.phase === 'begun') {
    under.push({ severity: 'warns', code: 'act-unfinished', sentence: `the last act, ${last.verb} to ${list(last.to)} by ${last.who}, began at ${last.at} and never said how it ended`, evidence: `act ${last.id}`, commands: ['s3-failover status', 's3-failover fence show'] });
  } else if (last.outcome === 'unknown') {
    under.push({ severity: 'warns', code: 'act-unknown', sentence: `the last act, ${last.verb} to ${list(last.to)} by ${last.who}, ended without its last word`, evidence: last.sentence ?? `act ${last.id}`, commands: ['s3-failover status'] });
  }
  return under;
}

function ofRegister(view: { readonly intent: readonly string[]; readonly brake?: { readonly by: string; readonly why: string; readonly until?: number } } | undefined, active: readonly string[] | undefined, facts: Facts): Said[] {
  if (!view) return [];
  const found: Said[] = [];
  if (view.brake) {
    const { by, why, until } = view.brake;
    found.push({ severity: 'warns', code: 'brake-on', sentence: `the brake is on${until === undefined ? '' : ` until ${facts.world.wall.iso(until)}`}: nothing automatic moves traffic`, evidence: `${by}: ${why}`, commands: ['s3-failover resume'] });
  }
  if (active && !same(view.intent, active)) {
    found.push({ severity: 'warns', code: 'routes-differ-from-register', sentence: `traffic is in ${list(active)}, and the register means it to be in ${list(view.intent)}`, fix: 'somebody moved it past the register; the controller will adopt what it sees', commands: ['s3-failover history'] });
  }
  return found;
}

function ofRoutes(facts: Facts, active: readonly string[], records: readonly ActRecord[]): Said[] {
  const { mode, regions } = facts.world.estate.manifest.routing;
  const meant = mode === RoutingMode.LATENCY ? regions : regions.slice(0, 1);
  const last = records.find(({ phase, outcome }) => phase === 'ended' && (outcome === 'served' || outcome === 'done'));
  const moved = records.find(({ verb, phase, outcome }) => ['switchover', 'failover', 'routes set', 'drill'].includes(verb) && phase === 'ended' && (outcome === 'served' || outcome === 'done'));
  if (moved && !same(moved.to, active)) {
    return [
      {
        severity: 'warns',
        code: 'routes-differ-from-history',
        sentence: `traffic is in ${list(active)}, and the last act moved it to ${list(moved.to)}: somebody moved it since, by a deployment or past this tool`,
        evidence: `${moved.verb} by ${moved.who} at ${moved.at}`,
        fix: 'find out who and why before you move it again',
        commands: ['s3-failover history', 'aws cloudtrail lookup-events --region us-west-2 --lookup-attributes AttributeKey=EventName,AttributeValue=SubmitMultiRegionAccessPointRoutes'],
      },
    ];
  }
  if (same(meant, active)) return [good(`traffic is where the manifest means it to be: ${list(active)}`, last ? { evidence: `last act: ${last.verb} by ${last.who} at ${last.at}` } : {})];
  if (moved) return [good(`traffic is in ${list(active)}, where the last act moved it; the manifest's first choice is ${list(meant)}`, { evidence: `${moved.verb} by ${moved.who} at ${moved.at}` })];
  return [
    {
      severity: 'warns',
      code: 'routes-differ-from-manifest',
      sentence: `traffic is in ${list(active)}, the manifest means it to be in ${list(meant)}, and no act in the history says why`,
      fix: 'a deployment with a switch, the console or a card may have moved it; find out before you move it again',
      commands: ['s3-failover history', `s3-failover switchover ${meant[0]}`],
    },
  ];
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join() === [...other].sort().join();
}
