import type { Check, Plan } from '../../core/operate/act/plan';
import { activeRegions, memberRegions, type Routes } from '../../core/routes/routes';
import type { Paint } from '../terminal';
import { table, type Cell } from '../terminal/table';
import { duration } from '../terminal/units';

/** What an act is going to do: routes before and after, what was found, what it promises. */
export function planText(plan: Plan, paint: Paint): string {
  const regions = [...new Set([...memberRegions(plan.before), ...memberRegions(plan.after)])];
  const rows = regions.map((region) => [region, dial(plan.before, region, paint), dial(plan.after, region, paint)]);
  const outage = plan.expectedOutageSeconds === undefined ? [] : [`Writes are refused for up to about ${duration(plan.expectedOutageSeconds)}.`];
  return [
    `${paint.strong(`${plan.verb} to ${plan.targets.join(', ')}`)}\n`,
    table(['REGION', 'BEFORE', 'AFTER'], rows, paint.faint),
    ...plan.checks.map((check) => checkText(check, paint)),
    ...[...plan.promises, ...outage].map((sentence) => `${sentence}\n`),
  ].join('');
}

const MARKS: { readonly [state in Check['state']]: readonly [mark: string, paint: keyof Paint] } = {
  good: ['ok', 'good'],
  doubt: ['?', 'warn'],
  bad: ['no', 'bad'],
};

export function checkText({ name, state, sentence, fix }: Check, paint: Paint): string {
  const [mark, color] = MARKS[state];
  return `${paint[color](mark.padEnd(2))}  ${name}: ${sentence}${fix ? `; ${fix}` : ''}\n`;
}

function dial(routes: Routes, region: string, paint: Paint): Cell {
  if (!memberRegions(routes).includes(region)) return { text: '-', paint: paint.faint };
  return activeRegions(routes).includes(region) ? { text: 'active', paint: paint.good } : { text: 'passive', paint: paint.faint };
}
