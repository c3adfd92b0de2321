import type { Policy } from '../../core/controller/policy';
import type { Replayed, Turn } from '../../core/controller/replay';
import type { WallClock } from '../../core/operate/ports';
import { wrap } from '../../core/text/wrap';
import type { Paint } from '../terminal';
import { table } from '../terminal/table';
import { duration } from '../terminal/units';

export interface Simulated {
  readonly name: string;
  readonly policy: Policy;
  readonly remarks: readonly string[];
  readonly replayed: Replayed;
}

export interface Incident {
  readonly file: string;
  readonly probes: number;
  /** Time of the first probe. */
  readonly from: number;
}

/** What each policy would have done: every change of its mind, and what it came to. */
export function simulationText(about: Incident, simulated: readonly Simulated[], wall: WallClock, paint: Paint, columns: number): string {
  const parts = simulated.map((one) => policyText(about, one, wall, paint, columns));
  return simulated.length > 1 ? [...parts, comparison(about, simulated, paint)].join('\n') : parts.join('\n');
}

function policyText(about: Incident, { name, remarks, replayed }: Simulated, wall: WallClock, paint: Paint, columns: number): string {
  const head = `${paint.strong(name)}: ${about.probes} probes, ${replayed.ticks} looks\n`;
  const notes = remarks.map((remark) => `${paint.warn('?')} ${remark}\n`).join('');
  const turns = replayed.turns.flatMap((turn) => turnLines(about, turn, wall, paint, columns)).join('');
  return `${head}${notes}${turns}${verdict(replayed)}\n`;
}

function turnLines(about: Incident, { at, voter, decision }: Turn, wall: WallClock, paint: Paint, columns: number): string[] {
  const moment = `${wall.iso(at).replace(/\.\d+Z$/, 'Z')}  ${`+${sinceStart(about, at)}`.padEnd(12)}  ${voter.padEnd(16)}`;
  const color = decision.action === 'hold' ? paint.faint : decision.action === 'alarm' ? paint.warn : paint.strong;
  const lines = wrap(`${decision.action.toUpperCase()}  ${decision.sentence}`, Math.max(40, columns - moment.length - 2));
  return lines.map((line, index) => `${index === 0 ? moment : ' '.repeat(moment.length)}  ${color(line)}\n`);
}

function verdict({ acts, active }: Replayed): string {
  const count = acts.length === 0 ? 'it would have moved nothing' : acts.length === 1 ? 'it would have moved traffic once' : `it would have moved traffic ${acts.length} times`;
  return `${count}; at the end ${active.join(', ')} is active`;
}

function comparison(about: Incident, simulated: readonly Simulated[], paint: Paint): string {
  const rows = simulated.map(({ name, replayed: { acts, active } }) => [name, String(acts.length), acts[0] ? `+${sinceStart(about, acts[0].at)}` : '-', active.join(', ')]);
  return table(['POLICY', 'MOVES', 'FIRST', 'ACTIVE AT THE END'], rows, paint.faint);
}

function sinceStart({ from }: Incident, at: number): string {
  return duration((at - from) / 1_000);
}

export function simulationDocument(about: Incident, simulated: readonly Simulated[], wall: WallClock): object {
  const turn = ({ at, voter, decision }: Turn) => ({
    at: wall.iso(at),
    afterSeconds: (at - about.from) / 1_000,
    voter,
    action: decision.action,
    reason: decision.reason,
    ...('to' in decision ? { from: decision.from, to: decision.to } : {}),
    sentence: decision.sentence,
  });
  return {
    file: about.file,
    probes: about.probes,
    policies: simulated.map(({ name, policy, remarks, replayed }) => ({ name, hash: policy.hash, policy, remarks, turns: replayed.turns.map(turn), acts: replayed.acts.map(turn), active: replayed.active })),
  };
}
