import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, DEEP_CHECKS } from '../../../../../runtime/core/operate/doctor/checks';

const page = readFileSync(join(__dirname, '../../../../../docs/doctor.md'), 'utf8');

test('the page lists every check, in order, as the command knows them', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)`(?: with `--deep`)? \| (.+) \|$/gm)].map(([, name, about]) => ({ name, about }));
  expect(rows.slice(rows.findIndex(({ name }) => name === CHECKS[0].name))).toEqual(DEEP_CHECKS.map(({ name, about }) => ({ name, about })));
});
