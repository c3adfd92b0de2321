import { ELSEWHERE } from './elsewhere';
import { MUTANTS } from './index';

/** The tables in docs/reliability.md, made from the mutants themselves. */
export function layersTable(): string {
  const rows = MUTANTS.map(({ name, guard, killedBy, siblings = [] }) => `| ${guard} | ${name} | ${killedBy} | ${siblings.join('; ')} |`);
  return ['| guard | the controller without it | caught by | off besides it |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

export function elsewhereTable(): string {
  const rows = ELSEWHERE.map(({ guard, why, test, title }) => `| ${guard} | ${why} | \`${test}\`: ${title} |`);
  return ['| guard | why no schedule tries it | tried in `test/runtime/core` |', '| --- | --- | --- |', ...rows].join('\n');
}
