import { list } from '../../routes/routes';
import { barChecks, controllerChecks, endpointsCheck, historyChecks, membersChecks, othersChecks, targetCheck } from '../act/checks';
import type { Check, Plan } from '../act/plan';
import { age } from '../act/words';
import type { Rehearsal } from './drain';
import { aheadMs, type Findings } from './look';
import type { SwitchoverTimes } from './times';
import type { SwitchoverRequest, SwitchoverWorld } from './world';

/** Clocks that differ by less than this differ by what a round trip and whole seconds make of it. */
const SKEW_MS = 30_000;

/** What the act is going to do, and all that was found for and against it. */
export function planOf(world: SwitchoverWorld, request: SwitchoverRequest, findings: Findings, rehearsals: ReadonlyMap<string, Rehearsal>, times: SwitchoverTimes): Plan {
  const { target, fence, drain } = request;
  const { sight, before, after, leaves } = findings;
  const expectedMs = Math.max(0, ...[...rehearsals.values()].map((one) => one.expectedMs));
  const checks = [
    ...routeChecks(findings),
    ...membersChecks(sight.survey, world.estate),
    targetCheck(target, sight.health.get(target)),
    ...barChecks(target, sight.history, sight.register.ok ? sight.register.view : undefined),
    ...controllerChecks(sight.register, world.wall, request.withoutRegister),
    ...historyChecks(sight.history),
    ...othersChecks(sight.history, world.wall),
    ...leaves.flatMap((region) => ruleChecks(region, findings, request)),
    ...leaves.flatMap((region) => rehearsals.get(region)?.checks ?? []),
    ...leaves.flatMap((region) => uploadChecks(region, findings, world)),
    ...fenceChecks(findings, request),
    ...silentChecks(findings, world.estate.members, target),
    ...timeChecks(world, request, expectedMs, times),
  ];
  return {
    verb: 'switchover',
    before,
    after,
    leaves,
    targets: [target],
    checks,
    promises: promises(leaves, target, fence, drain, times),
    ...(fence ? { expectedOutageSeconds: Math.ceil(expectedOutageMs(expectedMs, times) / 1_000) } : {}),
  };
}

/** From the first refused write to the first that the target takes, at most: routes may spread at once, or take their time. */
function expectedOutageMs(drainMs: number, { fence, propagationMs }: SwitchoverTimes): number {
  return fence.see.quietMs + drainMs + SUBMIT_MS + propagationMs;
}

/** A submit and its proof by reading, on a usual day. */
const SUBMIT_MS = 3_000;

export function needsMs(drainMs: number, request: SwitchoverRequest, times: SwitchoverTimes): number {
  return times.fence.see.quietMs + drainMs + SUBMIT_MS + (request.fence ? times.propagationMs : 0) + times.served.quietMs + times.served.cleanUpMs + times.undoMs;
}

function routeChecks({ sight }: Findings): Check[] {
  const check = endpointsCheck(sight.survey);
  // A planned act has the time to wait until they agree.
  return [sight.survey.views.length > 1 ? { ...check, state: 'bad' } : check];
}

function ruleChecks(region: string, { rules }: Findings, { target, drain }: SwitchoverRequest): Check[] {
  const name = `${region} to ${target}`;
  const known = rules.get(region);
  if (!known?.ok) return [{ name, state: drain === 'metrics' ? 'bad' : 'doubt', sentence: `the replication rules could not be read: ${known?.reason ?? 'not asked'}` }];
  const whole = known.value.filter((rule) => !rule.byTags);
  if (whole.length === 0) return [{ name, state: 'bad', sentence: known.value.length > 0 ? 'only rules for tagged objects replicate this way' : 'no enabled rule replicates this way: what is written there stays there', fix: 's3-failover doctor' }];
  const partly = whole.every((rule) => rule.keyPrefix !== '');
  return partly ? [{ name, state: 'doubt', sentence: `only keys under ${list([...new Set(whole.map((rule) => `'${rule.keyPrefix}'`))])} are replicated; others stay in ${region}` }] : [];
}

function uploadChecks(region: string, { uploads }: Findings, { wall }: SwitchoverWorld): Check[] {
  const name = 'open uploads';
  const known = uploads.get(region);
  if (!known?.ok) return [{ name, state: 'doubt', sentence: `those in ${region} could not be listed: ${known?.reason ?? 'not asked'}` }];
  const { uploads: open, more } = known.value;
  if (open.length === 0) return [];
  const oldest = age(Math.max(0, wall.now() - Math.min(...open.map((one) => one.initiatedAt))));
  return [{ name, state: 'doubt', sentence: `${region} has ${open.length}${more ? ' or more' : ''}, the oldest begun ${oldest} ago: none can be completed through the access point afterwards, and must begin anew` }];
}

function fenceChecks({ foreign, leaves, answers }: Findings, { target, fence }: SwitchoverRequest): Check[] {
  const checks: Check[] = [];
  for (const [region, known] of foreign) {
    if (!known.ok) {
      if (fence || region === target) checks.push({ name: 'fence', state: 'doubt', sentence: `whether one stands in ${region} could not be seen: ${known.reason}` });
    } else if (known.value.kind === 'left behind') {
      const whose = list(known.value.fences.map(({ actId }) => actId));
      const what = leaves.includes(region) && fence ? 'it is taken over' : region === target ? 'it is lifted first' : `s3-failover fence lift ${region} removes it`;
      checks.push({ name: 'fence', state: 'doubt', sentence: `one was left behind in ${region} by act ${whose}; ${what}` });
    }
  }
  for (const region of fence ? leaves : []) {
    const ahead = aheadMs(answers, region);
    if (Math.abs(ahead) > SKEW_MS) checks.push({ name: 'clock', state: 'doubt', sentence: `that of this machine is ${age(Math.abs(ahead))} ${ahead > 0 ? 'behind' : 'ahead of'} ${region}; the fence goes by that of AWS` });
  }
  return checks;
}

function silentChecks({ leaves, answers }: Findings, members: readonly string[], target: string): Check[] {
  const silent = members.filter((region) => region !== target && !leaves.includes(region) && !answers.get(region)?.ok);
  return silent.length === 0 ? [] : [{ name: 'other Regions', state: 'doubt', sentence: `${list(silent)} did not answer, which is no reason to wait` }];
}

function timeChecks(world: SwitchoverWorld, request: SwitchoverRequest, drainMs: number, times: SwitchoverTimes): Check[] {
  const left = request.limits.deadline - world.clock.now();
  const needs = needsMs(drainMs, request, times);
  return left >= needs ? [] : [{ name: 'time', state: 'bad', sentence: `${age(left)} are left, and the act needs about ${age(needs)}`, fix: `--timeout ${Math.ceil((needs * 2) / 1_000)}` }];
}

function promises(leaves: readonly string[], target: string, fence: boolean, drain: SwitchoverRequest['drain'], { propagationMs }: SwitchoverTimes): string[] {
  const left = list(leaves);
  if (!fence) {
    return [
      `Writes are not refused. While the routes spread, for up to about ${age(propagationMs)}, both ${left} and ${target} take writes, and writes to one key in both may supersede each other.`,
      `What ${target} lacks of ${left} when the routes are changed comes later, by replication.`,
    ];
  }
  const shown = drain === 'listing' ? `every version there was seen in ${target}` : `S3's metrics say that ${target} has everything, which is best effort`;
  return [
    `Clients' writes to ${left} are refused until traffic has moved; routes are changed only when ${shown}.`,
    'If that cannot be shown in time, the fence is lifted and nothing is changed.',
    `Most of the outage is the spreading of the routes, which may take seconds and takes up to ${age(propagationMs)}, as AWS says.`,
  ];
}
