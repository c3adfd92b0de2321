import type { ActKind, ActOutcome } from '../../core/operate/act/outcome';
import type { LagEstimate } from '../../core/operate/act/lag';
import { SOMEBODY_ELSE } from '../../core/operate/act/checks';
import { objections } from '../../core/operate/act/plan';
import { actCode } from '../act-code';
import type { Paint } from '../terminal';
import { wrap } from '../../core/text/wrap';
import type { VerbResult } from '../verb';
import { checkText } from './plan';
import { routesDocument } from './routes';

export const OUTCOME_SCHEMA = { schema: 'cdk-s3-failover/outcome', version: 1 } as const;

const WIDTH = 10;
const COLORS: { readonly [kind in ActKind]: keyof Paint } = {
  served: 'good',
  planned: 'strong',
  done: 'warn',
  refused: 'bad',
  declined: 'strong',
  failed: 'bad',
  unknown: 'bad',
};

/** How an act ended, for a person: the kind, all of it in sentences, and what to do next. */
export function outcomeText(outcome: ActOutcome, paint: Paint, columns: number): string {
  const { kind, sentence, next, plan } = outcome;
  const objected = kind === 'refused' && plan ? objections(plan) : [];
  // Who else is at work explains most of what speaks against an act.
  const refused = objected.length === 0 ? [] : [...objected, ...plan!.checks.filter(({ name, state }) => name === SOMEBODY_ELSE && state === 'doubt')];
  const clauses = refused.length > 0 ? ['nothing was done'] : sentence.split('; ');
  return [
    ...clauses.flatMap((clause, index) => labelled(index === 0 ? kind : '', clause, columns, index === 0 ? paint[COLORS[kind]] : paint.faint)),
    ...refused.map((check) => checkText(check, paint)),
    ...next.flatMap((line) => labelled('next', line, columns, paint.strong)),
  ].join('');
}

function lagDocument({ from, to, known, sentence, seconds, operations, bytes, ageMs }: LagEstimate): object {
  return { from, to, known, seconds: seconds ?? null, operations: operations ?? null, bytes: bytes ?? null, ageSeconds: ageMs === undefined ? null : Math.round(ageMs / 1_000), sentence };
}

function labelled(label: string, text: string, columns: number, paint: (text: string) => string): string[] {
  const width = Math.max(40, columns - WIDTH);
  return wrap(text, width).map((line, index) => `${index === 0 && label ? paint(label) + ' '.repeat(WIDTH - label.length) : ' '.repeat(WIDTH)}${line}\n`);
}

/** The same for scripts. Members are added in later versions, and none is taken away within one. */
export function outcomeDocument(outcome: ActOutcome, more: object = {}): VerbResult['document'] {
  const { kind, sentence, proof, plan, change, live, next, nothingLost, outageSeconds, lag = [], quarantines = [] } = outcome;
  return {
    ...OUTCOME_SCHEMA,
    verb: plan?.verb ?? null,
    outcome: kind,
    exitCode: actCode(kind),
    sentence,
    proof,
    nothingLost,
    before: plan ? routesDocument(plan.before) : null,
    after: plan ? routesDocument(plan.after) : null,
    live: live ? routesDocument(live) : null,
    leaves: plan?.leaves ?? [],
    targets: plan?.targets ?? [],
    checks: (plan?.checks ?? []).map(({ name, state, sentence: found, fix }) => ({ name, state, sentence: found, fix: fix ?? null })),
    lag: lag.map(lagDocument),
    quarantines,
    promises: plan?.promises ?? [],
    attempts: (change?.attempts ?? []).map(({ endpoint, outcome: ended, milliseconds }) => ({ endpoint, outcome: ended, milliseconds: Math.round(milliseconds) })),
    pending: (change?.pending ?? []).map(({ endpoint, routes, failure }) => ({ endpoint, routes: routesDocument(routes), failure: failure.kind })),
    expectedOutageSeconds: plan?.expectedOutageSeconds ?? null,
    outageSeconds: outageSeconds ?? null,
    next,
    ...more,
  };
}
