import type { ProbeResult } from './ports';
import type { Probed } from './replay';
import { REGION_NAME } from './policy';
import type { Observer } from './report';

/** A file of probe results. `problem` says where, and what was got. */
export type ParsedIncident = { readonly probes: readonly Probed[] } | { readonly problem: string };

export interface IncidentOptions {
  /** Milliseconds since the epoch; undefined for text that is no time. */
  readonly timeOf: (text: string) => number | undefined;
}

const COLUMNS = ['time', 'observer', 'region', 'result'] as const;
const KINDS: readonly string[] = ['ok', 'slow', 'throttled', 'misconfigured', 'blind', 'down'] satisfies ProbeResult['kind'][];
/** A day of five observers that look each two seconds. */
const MOST_PROBES = 1_000_000;

/** An incident from its text: CSV with a header, or JSON. */
export function parseIncident(text: string, options: IncidentOptions): ParsedIncident {
  const parsed = /^\s*[[{]/.test(text) ? fromJson(text, options) : fromCsv(text, options);
  if ('problem' in parsed) return parsed;
  if (parsed.probes.length === 0) return { problem: 'it holds no probe' };
  return parsed;
}

type Row = { readonly [column in (typeof COLUMNS)[number]]: unknown } & { readonly reason?: unknown };

function fromCsv(text: string, options: IncidentOptions): ParsedIncident {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const header = lines[0].split(',').map((name) => name.trim().toLowerCase());
  const missing = COLUMNS.find((column) => !header.includes(column));
  if (missing !== undefined) return { problem: `line 1 must name the columns ${COLUMNS.join(', ')} and, if wanted, a last one, reason; '${missing}' is not among them` };
  const probes: Probed[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '' || line.startsWith('#')) continue;
    const cells = line.split(',');
    // Only the last column may hold commas.
    const values = [...cells.slice(0, header.length - 1), cells.slice(header.length - 1).join(',')].map((cell) => cell.trim());
    if (cells.length < header.length - (header.at(-1) === 'reason' ? 1 : 0)) return { problem: `line ${index + 1} must have ${header.length} columns, got ${cells.length}` };
    const row = Object.fromEntries(header.map((name, column) => [name, values[column]])) as unknown as Row;
    const made = probeOf(row, options);
    if (typeof made === 'string') return { problem: `line ${index + 1}: ${made}` };
    if (probes.push(made) > MOST_PROBES) return { problem: `line ${index + 1}: a replay takes at most ${MOST_PROBES} probes` };
  }
  return { probes };
}

function fromJson(text: string, options: IncidentOptions): ParsedIncident {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `line ${lineOfFault(text, error)} is no JSON` };
  }
  const list = Array.isArray(json) ? (json as unknown[]) : ((json as { probes?: unknown }).probes as unknown[] | undefined);
  if (!Array.isArray(list)) return { problem: "'probes' must be a list of probes" };
  if (list.length > MOST_PROBES) return { problem: `a replay takes at most ${MOST_PROBES} probes, got ${list.length}` };
  const probes: Probed[] = [];
  for (const [index, row] of list.entries()) {
    const made = typeof row === 'object' && row !== null ? probeOf(row as Row, options) : 'it must be an object';
    if (typeof made === 'string') return { problem: `probe ${index + 1} (line ${lineOfProbe(text, index)}): ${made}` };
    probes.push(made);
  }
  return { probes };
}

/** A probe, or what is wrong with it. */
function probeOf({ time, observer, region, result, reason }: Row, { timeOf }: IncidentOptions): Probed | string {
  const at = typeof time === 'number' ? time * 1_000 : typeof time === 'string' ? timeOrSeconds(time, timeOf) : undefined;
  if (at === undefined || !Number.isFinite(at)) return `'time' must be a time such as 2026-11-24T03:00:00Z, or seconds, got ${show(time)}`;
  const who = typeof observer === 'string' ? observerOf(observer) : undefined;
  if (!who) return `'observer' must be a Region, of a voter, or self/ and a Region, got ${show(observer)}`;
  if (typeof region !== 'string' || !REGION_NAME.test(region)) return `'region' must be the name of a Region, got ${show(region)}`;
  if (typeof result !== 'string' || !KINDS.includes(result)) return `'result' must be one of ${KINDS.join(', ')}, got ${show(result)}`;
  return { at, observer: who, region, result: resultOf(result as ProbeResult['kind'], typeof reason === 'string' && reason !== '' ? reason : 'as the file says') };
}

function timeOrSeconds(text: string, timeOf: IncidentOptions['timeOf']): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : timeOf(text);
}

function observerOf(text: string): Observer | undefined {
  const [, role = 'voter', region] = /^(?:(voter|self)\/)?(\S+)$/.exec(text) ?? [];
  return region !== undefined && REGION_NAME.test(region) ? { role: role as Observer['role'], region } : undefined;
}

function resultOf(kind: ProbeResult['kind'], reason: string): ProbeResult {
  switch (kind) {
    case 'ok':
    case 'slow':
      return { kind, ms: 0 };
    case 'throttled':
      return { kind };
    default:
      return { kind, reason };
  }
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

/** Where JSON ends to be any: parsers tell a position, or nothing. */
function lineOfFault(text: string, error: unknown): number {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return text.slice(0, position === undefined ? text.length : Number(position)).split('\n').length;
}

/** The line on which an entry's own "time" stands, or the last that could be. */
function lineOfProbe(text: string, index: number): number {
  const starts = [...text.matchAll(/\{/g)].map((match) => match.index);
  const offset = /^\s*\{/.test(text) ? 1 : 0;
  return text.slice(0, starts[index + offset] ?? text.length).split('\n').length;
}
