import { clock } from './faults/episode';
import type { Plan } from './faults/plan';
import { runSchedule } from './schedule';
import type { Core } from './world/core';
import type { Trace } from './world/world';

/** One row per event: when, who, what. Rows that say the same of the same one again are counted, not repeated. */
export class Rows implements Trace {
  readonly rows: string[] = [];
  private readonly last = new Map<string, string>();

  note(at: number, who: string, text: string): void {
    if (this.last.get(who) === text) return;
    this.last.set(who, text);
    this.rows.push(`${clock(at)} ${who.padEnd(24)} ${text}`);
  }
}

export function traceOf(plan: Plan, core: Core): string[] {
  const trace = new Rows();
  runSchedule(plan, core, trace);
  return trace.rows;
}
