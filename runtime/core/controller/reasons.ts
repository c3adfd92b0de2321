import { list } from '../routes/routes';

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

const withUnread = (alarms: readonly string[]) => (alarms.length === 0 ? '' : `; an alarm that may hold could not be read, and so holds nothing: ${list(alarms)}`);

/** Why the controller does what it does, each with its sentence: the same in log, metric, event, command and test. */
const SENTENCES = {
  // Nothing to do.
  healthy: (active: readonly string[]) => `${list(active)} is active, and no majority of voters calls it down`,
  'few votes': (region: string, votes: number, need: number) => `${votes} voter calls ${region} down, and ${need} are needed`,
  suspect: (region: string, votes: number, downForMs: number, needMs: number) => `${region} is down to ${votes} voters for ${seconds(downForMs)}, and ${seconds(needMs)} are needed`,
  // Doubt holds.
  'register unreadable': (why: string) => `the register could not be read, and nobody acts without it: ${why}`,
  'no register yet': (why: string) => `the register is not written yet, and waits for routes to begin from: ${why}`,
  'no voter': (self: string) => `${self} is none of the voters, and only they decide`,
  'not heard': (self: string) => `the report of this voter, ${self}, did not reach the table, so the others count without it`,
  paused: (by: string, why: string, drift?: { readonly live: readonly string[]; readonly intent: readonly string[] }) =>
    `paused by ${by}: ${why}${drift ? `; meanwhile live routes (active ${list(drift.live)}) are not as intended (${list(drift.intent)})` : ''}`,
  'act under way': (kind: string, by: string) => `an act is under way: ${kind} by ${by}`,
  'few voters': (fresh: number, need: number) => `${fresh} of the voters are heard, and ${need} are needed`,
  'mixed policies': (regions: readonly string[]) => `voters follow different policies, as during a deployment: ${list(regions)} differ`,
  'routes differ': (live: readonly string[], intent: readonly string[]) => `live routes (active ${list(live)}) are not as intended (${list(intent)}), and one look is no proof`,
  'nothing active': () => 'live routes have no active Region: somebody stopped all traffic',
  disputed: (region: string, downForMs: number, needMs: number) => `${region} is down to a majority of voters for ${seconds(downForMs)} and well to its own observer; held until ${seconds(needMs)}`,
  'cooling down': (region: string, leftMs: number) => `${region} is down, and the last act is too young: ${seconds(leftMs)} of its cool-down are left`,
  'several active': (region: string, active: readonly string[]) => `${region} is down and one of several active Regions (${list(active)}): a person chose that, and a person must change it`,
  'no healthy Region': (region: string) => `${region} is down, and no other Region is known to be well: routes stay as they are`,
  'targets barred': (region: string, barred: readonly string[]) => `${region} is down, and what is well may not be chosen: ${list(barred)}`,
  'lag unknown': (region: string, targets: readonly string[]) => `${region} is down, and how far ${list(targets)} was behind is not known, which 'maxDataLoss' asks for`,
  'lag exceeded': (region: string, targets: readonly string[], mostMs: number) => `${region} is down, and ${list(targets)} was more than 'maxDataLoss' (${seconds(mostMs)}) behind`,
  'not my turn': (region: string, before: readonly string[], waitMs: number) => `${region} is down, and it is the turn of ${list(before)}; this voter waits ${seconds(waitMs)} more`,
  vetoed: (what: string, alarms: readonly string[]) => `${what}, and nothing automatic moves traffic while ${list(alarms)} ${alarms.length > 1 ? 'are' : 'is'} in ALARM`,
  'vetoes not asked': (what: string, alarms: readonly string[]) => `${what}, and the alarms that may hold must be asked first: ${list(alarms)}`,
  'target ill': (target: string) => `an act that moves traffic to ${target} was left unfinished, and ${target} is not known to be well`,
  misconfigured: (regions: readonly string[]) => `a mistake and no outage: ${list(regions)} answers that the request is not allowed, or that something is missing; no failover mends it`,
  'act failed': (why: string, what: string) => `${why}; and nothing was sent: ${what}`,
  crashed: (why: string) => `the tick crashed: ${why}`,
  // Acts.
  'down for long enough': (region: string, votes: number, downForMs: number, target: string, unread: readonly string[] = []) => `${region} is down to ${votes} voters for ${seconds(downForMs)}; ${target} takes over${withUnread(unread)}`,
  drained: (target: string, forMs: number, unread: readonly string[] = []) => `${target} is preferred, well, and has been drained to for ${seconds(forMs)}${withUnread(unread)}`,
  'first look': (live: readonly string[]) => `the register begins with the routes as they are: ${list(live)} active`,
  'moved by a person': (live: readonly string[], intent: readonly string[]) => `live routes (active ${list(live)}) are not as intended (${list(intent)}) and no submit of ours: a person's act, and it stands`,
  'late landing': (live: readonly string[], intent: readonly string[]) => `an older submit has landed late (active ${list(live)}): back to what is intended, ${list(intent)}`,
  'called off': (kind: string, by: string, from: readonly string[]) => `a ${kind} by ${by} was left unfinished and moved nothing, and ${list(from)} is well: called off`,
  'moved nothing': (kind: string, by: string, from: readonly string[]) => `a ${kind} by ${by} was never ended and moved nothing: called off, ${list(from)} active as before`,
  'left unfinished': (kind: string, by: string, intent: readonly string[]) => `a ${kind} by ${by} was left unfinished: done again, ${list(intent)} active`,
} as const;

export type Reason = keyof typeof SENTENCES;
export const REASONS = Object.keys(SENTENCES) as Reason[];

export function sentenceOf<R extends Reason>(reason: R, ...facts: Parameters<(typeof SENTENCES)[R]>): string {
  return (SENTENCES[reason] as (...args: unknown[]) => string)(...facts);
}

export type Facts<R extends Reason> = Parameters<(typeof SENTENCES)[R]>;
