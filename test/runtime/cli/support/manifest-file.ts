import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 's3-failover-cli-'));
}

/** A file with this in it, as JSON unless it is text. */
export function manifestFile(content: unknown, name = 'manifest.json'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
