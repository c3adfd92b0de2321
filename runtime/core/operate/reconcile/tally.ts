import { owed, REASONS, type Differs, type Finding, type Missing, type Reason, type Superseded } from '../compare/finding';

/** Findings of a class that are shown; the rest is in the files. */
export const SHOWN = 10;

export interface Class<F extends Finding> {
  readonly count: number;
  /** In the order of the keys. */
  readonly first: readonly F[];
}

export interface MissingClass extends Class<Missing> {
  readonly in: string;
  readonly lackedBy: string;
  readonly reason: Reason;
  /** Of them, those that replication owes. */
  readonly owed: number;
  /** Of the versions that are missing; delete markers have none. */
  readonly bytes: number;
}

/** What a pair's findings come to, whatever their number. */
export interface Tally {
  readonly missing: readonly MissingClass[];
  readonly differs: Class<Differs>;
  readonly superseded: Class<Superseded>;
  /** Findings that keep a Region in quarantine. */
  readonly owed: number;
}

interface Growing<F> {
  count: number;
  first: F[];
}

export async function tallyOf(findings: AsyncIterable<Finding>, also: (finding: Finding) => Promise<void> = async () => undefined): Promise<Tally> {
  const missing = new Map<string, Growing<Missing> & { in: string; lackedBy: string; reason: Reason; owed: number; bytes: number }>();
  const differs: Growing<Differs> = { count: 0, first: [] };
  const superseded: Growing<Superseded> = { count: 0, first: [] };
  let debts = 0;
  for await (const finding of findings) {
    if (owed(finding)) debts++;
    if (finding.kind === 'missing') {
      const { in: region, lackedBy, reason, version } = finding;
      const id = `${region} ${lackedBy} ${reason}`;
      const of = missing.get(id) ?? { in: region, lackedBy, reason, owed: 0, bytes: 0, count: 0, first: [] };
      missing.set(id, of);
      of.owed += Number(owed(finding));
      of.bytes += version.size ?? 0;
      add(of, finding);
    } else if (finding.kind === 'differs') add(differs, finding);
    else add(superseded, finding);
    await also(finding);
  }
  const order = (one: { in: string; reason: Reason }) => `${one.in} ${REASONS.indexOf(one.reason)}`;
  return { missing: [...missing.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1)), differs, superseded, owed: debts };
}

function add<F>(of: Growing<F>, finding: F): void {
  of.count++;
  if (of.first.length < SHOWN) of.first.push(finding);
}
