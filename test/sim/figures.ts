import type { World } from './world/world';

/** What a number of schedules came to. */
export interface Figures {
  schedules: number;
  happenings: number;
  simulatedMs: number;
  /** Of processors, by the schedules alone. */
  cpuMs: number;
  /** Schedules by the time between two looks. */
  policies: { [intervalS: string]: number };
  /** Submits that left, by whom. */
  submits: { [by: string]: number };
  faults: { [name: string]: number };
  sentences: { [name: string]: number };
  occurrences: { [name: string]: number };
  /** Seeds that broke an invariant. */
  violations: { seed: number; invariant: string }[];
}

export function noFigures(): Figures {
  return { schedules: 0, happenings: 0, simulatedMs: 0, cpuMs: 0, policies: {}, submits: {}, faults: {}, sentences: {}, occurrences: {}, violations: [] };
}

export function count(figures: Figures, world: World): void {
  figures.schedules++;
  figures.happenings += world.time.happened;
  figures.simulatedMs += world.time.now;
  add(figures.policies, `${world.plan.settings.intervalMs / 1000} s`, 1);
  for (const { by } of world.submits) add(figures.submits, by.kind, 1);
  for (const [name, times] of world.faults) add(figures.faults, name, times);
  for (const [name, times] of world.sentences) add(figures.sentences, name, times);
  for (const { name, occurrences } of world.invariants) add(figures.occurrences, name, occurrences);
  if (world.violation) figures.violations.push({ seed: world.plan.seed, invariant: world.violation.invariant });
}

export function merge(into: Figures, more: Figures): void {
  into.schedules += more.schedules;
  into.happenings += more.happenings;
  into.simulatedMs += more.simulatedMs;
  into.cpuMs += more.cpuMs;
  for (const kind of ['policies', 'submits', 'faults', 'sentences', 'occurrences'] as const) for (const [name, times] of Object.entries(more[kind])) add(into[kind], name, times);
  into.violations.push(...more.violations);
}

export function describeFigures(figures: Figures, seconds: number): string[] {
  const { schedules, happenings, cpuMs, simulatedMs } = figures;
  const each = (total: number) => total / Math.max(1, schedules);
  return [
    `${schedules} schedules of ${(each(simulatedMs) / 60_000).toFixed(1)} minutes in ${seconds.toFixed(1)} s: ${(schedules / seconds).toFixed(0)} a second, ${each(cpuMs).toFixed(1)} ms of a processor and ${Math.round(each(happenings))} events each`,
    ...table('schedules, by the time between two looks', figures.policies),
    ...table('submits', figures.submits),
    ...table('faults, by what was going on', figures.faults),
    ...table('sentences', figures.sentences),
    ...table('invariants, by how often there was something to judge', figures.occurrences),
  ];
}

function table(title: string, counts: { readonly [name: string]: number }): string[] {
  const rows = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  return ['', title, ...rows.map(([name, times]) => `  ${String(times).padStart(9)}  ${name}`)];
}

function add(counts: { [name: string]: number }, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times;
}
