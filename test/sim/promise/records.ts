import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filled, type Records } from './page';
import { picturesOf } from './pictures';

/** What was measured, in a folder of docs; and the page and the pictures that are made of it. */
export function readRecord<T>(docs: string, name: string): T | undefined {
  const file = join(docs, 'promise', `${name}.json`);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

export function readRecords(docs: string): Records {
  const read = <T>(name: string): T => {
    const record = readRecord<T>(docs, name);
    if (!record) throw new RangeError(`docs/promise/${name}.json is missing; 'npm run promise -- ${name}' measures it`);
    return record;
  };
  return { latency: read('latency'), noise: read('noise'), whole: read('whole') };
}

/** Each file that is made of the records, and what it must hold. */
export function madeOf(docs: string): ReadonlyMap<string, string> {
  const records = readRecords(docs);
  const page = join(docs, 'tuning.md');
  const pictures = Object.entries(picturesOf(records)).map(([file, picture]) => [join(docs, 'images', file), picture] as const);
  return new Map([[page, filled(readFileSync(page, 'utf8'), records)], ...pictures]);
}

export function makePage(docs: string): void {
  for (const [file, text] of madeOf(docs)) writeFileSync(file, text);
}
