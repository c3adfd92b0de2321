import { list } from '../../routes/routes';
import type { ActReport } from '../act';
import type { HeldChange } from '../held-watch';
import type { View } from '../view';
import { behindMs, fromOf, type Place } from './event';

/** What is sent to people, who may read it at night. */
export interface Message {
  /** At most 100 characters of ASCII, which is what Amazon SNS takes (SNS API reference, Publish). */
  readonly subject: string;
  readonly body: string;
}

const MOST_SUBJECT = 100;
/** SNS takes 256 KB; a person reads less. */
const MOST_BODY = 8_000;

/** How the command finds the manifest: the name that a deployment gives it. */
const manifest = (name: string) => `--name /s3-failover/${name}`;

/** Of an act; undefined where people need not be told: nothing was sent, or the register only begins. */
export function messageOfAct(act: ActReport, view: View, place: Place): Message | undefined {
  const { decision, state } = act;
  if (state === 'not begun' || state === 'failed' || decision.reason === 'first look') return undefined;
  const { head, data, next, nothing } = TALES[decision.action](act, view, place);
  return written(`[${place.name}] ${head}`, [
    ['What happened', [`${capital(head)}.`, `Act ${act.id}, epoch ${act.epoch ?? 'none'}, by ${act.by}. Access point: ${place.accessPointArn}`]],
    ['Why', [capital(decision.sentence)]],
    ['How far it came', [state === 'done' ? `Done: ${act.sentence}` : `Not known to be done: ${act.sentence}. A neighbour looks again within a minute, and sends the same once more if need be.`]],
    ['What is known about the data', data],
    ['What to do next', next],
    ['When to do nothing', [nothing]],
  ]);
}

interface Tale {
  readonly head: string;
  readonly data: readonly string[];
  readonly next: readonly string[];
  readonly nothing: string;
}

type Action = ActReport['decision']['action'];

const TALES: { readonly [action in Action]: (act: ActReport, view: View, place: Place) => Tale } = {
  'fail over': failedOver,
  finish: failedOver,
  'fail back': (act, view, place) => ({
    head: moved('failed back', act, view),
    data: [`${list(targetOf(act))} had everything that ${list(fromOf(act.decision, view))} had acknowledged, as far as replication's metrics and heartbeats tell.`, PROPAGATION],
    next: [command('status', place), `To go back: s3-failover switchover ${fromOf(act.decision, view)[0] ?? '<region>'} ${manifest(place.name)}`],
    nothing: 'If status shows the route where you want it. This was planned: you asked for failback when drained.',
  }),
  adopt: (act, view, place) => ({
    head: `moved by a person: ${list(targetOf(act))} active`,
    data: ['The controller moved nothing, and compared nothing. What the Regions hold is as that person left it.'],
    next: [
      'Know who it was: the console, the AWS CLI, or the break-glass card. CloudTrail tells.',
      command('status', place),
      ...fromOf(act.decision, view).filter((region) => !targetOf(act).includes(region)).map((region) => `Let ${region} be chosen again, when it may be: s3-failover include ${region} ${manifest(place.name)}`),
    ],
    nothing: 'If it was you, or somebody of yours: the controller follows, and moves nothing for the time of its cool-down.',
  }),
  repair: (act, _view, place) => ({
    head: `put right: ${list(targetOf(act))} active again`,
    data: [`For up to a few minutes writes may have landed in ${'landed' in act.decision ? list(act.decision.landed) : 'another Region'}. They are replicated as all others are.`, PROPAGATION],
    next: [command('status', place), `Compare what the Regions hold: s3-failover reconcile ${manifest(place.name)} --all-pairs`],
    nothing: 'If status shows the route as intended. An older change had landed late, which is repaired once.',
  }),
  'call off': (act, _view, place) => ({
    head: `called off: ${list(targetOf(act))} stays active`,
    data: ['Nothing was moved, so nothing was left behind.'],
    next: [command('status', place)],
    nothing: `If ${list(targetOf(act))} serves well. An act had been begun, was never finished, and moved nothing.`,
  }),
};

const PROPAGATION = 'Routes were accepted; traffic follows within about two minutes, and connections that are open stay longer.';

function failedOver(act: ActReport, view: View, place: Place): Tale {
  const from = fromOf(act.decision, view);
  const to = targetOf(act);
  const behind = behindMs(act.decision, view);
  return {
    head: moved('failed over', act, view),
    data: [
      behind === undefined
        ? `Nobody knows how far ${list(to)} was behind ${list(from)}.`
        : `${list(to)} was at most ${Math.ceil(behind / 1000)} s behind ${list(from)}, up to a minute of which is the time between two heartbeats.`,
      `What ${list(from)} had acknowledged and not replicated is still there, and comes when it is back; nothing was deleted. It is quarantined, so that nothing automatic goes back to it before it was compared.`,
      PROPAGATION,
    ],
    next: [
      command('status', place),
      'Recycle connections of clients that keep them open.',
      `When ${list(from)} is back: s3-failover reconcile ${from[0] ?? '<region>'} ${manifest(place.name)}`,
      `Then, by day: s3-failover switchover ${from[0] ?? '<region>'} ${manifest(place.name)}`,
      `If this was wrong: s3-failover pause --why 'wrong failover' ${manifest(place.name)}, then the switchover above.`,
    ],
    nothing: `If ${list(to)} serves well and you can live there until ${list(from)} is back: nothing more moves within the cool-down, and nothing goes back by itself unless you asked for it.`,
  };
}

/** Of a state that needs a person, when it begins and when it is over. */
export function messageOfHeld({ kind, reason, sentence }: HeldChange, place: Place): Message {
  if (kind === 'ended') {
    return written(`[${place.name}] over: ${reason}`, [
      ['What happened', [`What people were told of ('${reason}') is over. Now: ${sentence}`]],
      ['What to do next', [command('status', place)]],
      ['When to do nothing', ['If status is as you want it.']],
    ]);
  }
  const { next, nothing } = HELP[reason] ?? { next: [], nothing: 'If you know why, and it will pass.' };
  return written(`[${place.name}] needs you: ${reason}`, [
    ['What happened', [`The controller holds, and moves no traffic. ${capital(sentence)}`, `Access point: ${place.accessPointArn}`]],
    ['What to do next', [command('status', place), ...next.map((line) => line.replaceAll('MANIFEST', manifest(place.name)))]],
    ['When to do nothing', [nothing]],
  ]);
}

interface Help {
  readonly next: readonly string[];
  readonly nothing: string;
}

const BY_HAND = 'To move by hand: s3-failover failover <region> MANIFEST';

/** For each state that needs a person, and no other. */
export const HELP: { readonly [reason: string]: Help } = {
  'few voters': { next: ['Look at the functions of the control Regions: schedules, errors, permissions, the table.', BY_HAND], nothing: 'If two of the control Regions are known to be down: there is nobody to decide, and you do.' },
  'nothing active': { next: ['Make a Region active, and say of each other that it stays passive: s3-failover routes set <region>=active <other>=passive MANIFEST'], nothing: 'If somebody stopped all traffic on purpose.' },
  'several active': { next: ['Choose: s3-failover failover <region> MANIFEST'], nothing: 'If clients do well by the Regions that are left.' },
  disputed: { next: ['The Region is well from inside, and voters do not reach it: look at the network between Regions, and ask the clients.', BY_HAND], nothing: 'If clients see no errors. After the time that the sentence names the controller moves traffic by itself.' },
  'cooling down': { next: ['The Region that took over is in trouble, too. Look whether the other one is back.', BY_HAND], nothing: 'If what is left of the cool-down is short, or no other Region is better.' },
  'no healthy Region': { next: ['Look at your own account first: a policy, a key, a quota hits all Regions at once.', BY_HAND], nothing: 'If all Regions are in trouble: to move would only add to it.' },
  'targets barred': { next: ['Compare, and end the quarantine: s3-failover reconcile MANIFEST', 'Or end an exclusion: s3-failover include <region> MANIFEST', BY_HAND], nothing: 'If the Region is barred for a reason that is worse than the outage.' },
  'lag unknown': { next: ['No heartbeat has arrived: look at replication, and at the function of the Region that was left.', BY_HAND], nothing: "If you would rather wait than lose more than 'maxDataLoss'." },
  'lag exceeded': { next: [`${BY_HAND} (it names what may be lost)`], nothing: "If you would rather wait than lose more than 'maxDataLoss': what is on its way comes when the Region is back." },
  'target ill': { next: ['An act was left between two states. See where the routes are: s3-failover routes show MANIFEST', BY_HAND], nothing: 'If routes and traffic are where you want them.' },
  vetoed: { next: ['Look at the alarm that vetoes. When it ends the controller goes on by itself.', BY_HAND], nothing: 'If what the alarm tells of must be over first.' },
  misconfigured: { next: ['Somebody changed a policy, a key or a name: s3-failover doctor MANIFEST tells which.'], nothing: 'If the change is being taken back. No failover mends it: the other Regions may have it, too.' },
  'act failed': { next: ['The controller would move traffic, and cannot: see which control endpoints answer.', BY_HAND, 'Or by the break-glass card.'], nothing: 'If the Region is back: the controller takes back what it began.' },
};

function moved(what: string, act: ActReport, view: View): string {
  const way = `${list(fromOf(act.decision, view))} -> ${list(targetOf(act))}`;
  return act.state === 'done' ? `${what}: ${way}` : `${what}, outcome unknown: ${way}`;
}

function targetOf({ decision }: ActReport): readonly string[] {
  return 'to' in decision ? [decision.to] : decision.active;
}

function command(verb: string, { name }: Place): string {
  return `Look: s3-failover ${verb} ${manifest(name)}`;
}

function written(subject: string, chapters: readonly (readonly [string, readonly string[]])[]): Message {
  const body = chapters.map(([title, lines]) => [title.toUpperCase(), ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n');
  return { subject: ascii(subject).slice(0, MOST_SUBJECT), body: body.slice(0, MOST_BODY) };
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ');
}

/** The name of a Region stays as it is typed. */
function capital(text: string): string {
  return /^[a-z]{2,}(-[a-z]+)+-\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
