import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStore } from '../../../../runtime/cli/reconcile/folder-store';
import { fileOfRegion, mustBeWritable, outputFile } from '../../../../runtime/cli/reconcile/output-file';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'reconcile-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function all(log: { read(from: number, most: number): AsyncIterable<{ lines: readonly string[]; end: number }> }, from = 0, most = 1_000) {
  const blocks: { lines: readonly string[]; end: number }[] = [];
  for await (const block of log.read(from, most)) blocks.push(block);
  return blocks;
}

describe('a folder', () => {
  test('gives back what was saved, and the lines with their positions, to another process too', async () => {
    const first = await folderStore(join(root, 'state'));
    const log = await first.lines('suspects-0-0');
    // Longer than what is read at once, with characters of several bytes across its ends.
    const lines = Array.from({ length: 5_000 }, (_, index) => `${index} ${'é\u{1F600}'.repeat(20)}`);
    const middle = await log.append(lines.slice(0, 3_000));
    await log.append(lines.slice(3_000));
    await log.sync();
    await first.save('{"a":1}');
    await first.close();

    const second = await folderStore(join(root, 'state'));
    expect(await second.load()).toBe('{"a":1}');
    const again = await second.lines('suspects-0-0');
    const blocks = await all(again, 0, 7);
    expect(blocks.flatMap((block) => block.lines)).toEqual(lines);
    expect(Math.max(...blocks.map((block) => block.lines.length))).toBe(7);
    expect((await all(again, middle)).flatMap((block) => block.lines)).toEqual(lines.slice(3_000));
    expect((await all(again, blocks[10].end, 7))[0]).toEqual(blocks[11]);
    await second.close();
  });

  test('is cut back to what was counted on, and goes on there', async () => {
    const store = await folderStore(join(root, 'state'));
    const log = await store.lines('suspects-0-0');
    const end = await log.append(['one', 'two']);
    await log.append(['half of a li']);
    await log.cutTo(end);
    await log.append(['three']);
    expect((await all(log)).flatMap((block) => block.lines)).toEqual(['one', 'two', 'three']);
    await store.close();
  });

  test('fails when lines that were counted on are gone', async () => {
    const path = join(root, 'state');
    const store = await folderStore(path);
    const end = await (await store.lines('suspects-0-0')).append(['one', 'two']);
    await store.close();
    truncateSync(join(path, 'suspects-0-0'), 3);
    const again = await folderStore(path);
    await expect((await again.lines('suspects-0-0')).cutTo(end)).rejects.toThrow(/not all there: 8 bytes of a list were counted on, and it has 3; begin anew/);
    await again.close();
  });

  test('leaves nothing behind when it is cleared, but what others have put there', async () => {
    const path = join(root, 'state');
    const store = await folderStore(path);
    await (await store.lines('findings-0-0')).append(['one']);
    await store.save('{}');
    writeFileSync(join(path, 'suspects-0-7'), 'of a former run\n');
    await store.clear();
    await store.close();
    expect(existsSync(path)).toBe(false);

    mkdirSync(path);
    writeFileSync(join(path, 'mine.txt'), 'x');
    const other = await folderStore(path);
    await other.save('{}');
    await other.clear();
    await other.close();
    expect(readdirSync(path)).toEqual(['mine.txt']);
  });

  test('is for the person alone', async () => {
    const path = join(root, 'state');
    const store = await folderStore(path);
    await (await store.lines('findings-0-0')).append(['one']);
    await store.save('{}');
    expect([path, join(path, 'findings-0-0'), join(path, 'checkpoint.json')].map((one) => statSync(one).mode & 0o077)).toEqual([0, 0, 0]);
    await store.close();
  });

  test('fails when another process has it, and not when that one was killed', async () => {
    const path = join(root, 'state');
    const store = await folderStore(path);
    await expect(folderStore(path)).rejects.toThrow(new RegExp(`is in use by process ${process.pid} on `));
    await store.close();
    mkdirSync(path);
    const dead = spawnSync('true').pid;
    writeFileSync(join(path, 'lock'), `${dead} ${hostname()}\n`);
    const free = await folderStore(path);
    await free.close();
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'lock'), `${dead} elsewhere\n`);
    await expect(folderStore(path)).rejects.toThrow(/is in use by process \d+ on elsewhere; .*remove/);
  });

  test('fails when it is no folder', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(folderStore(join(root, 'file'))).rejects.toThrow(/'--state' must name a folder that can be written/);
  });
});

describe('a file that is written', () => {
  test('appears whole, or not at all', async () => {
    const path = join(root, 'found.csv');
    writeFileSync(path, 'old');
    const file = await outputFile(path);
    await file.write('new ');
    expect(readFileSync(path, 'utf8')).toBe('old');
    await file.write('text');
    await file.commit();
    expect(readFileSync(path, 'utf8')).toBe('new text');
    const other = await outputFile(path);
    await other.write('x');
    await other.discard();
    expect(readFileSync(path, 'utf8')).toBe('new text');
    expect(readdirSync(root)).toEqual(['found.csv']);
  });

  test('carries its Region before its ending', () => {
    expect(fileOfRegion('/a/missing.csv', 'us-east-1')).toBe('/a/missing.us-east-1.csv');
    expect(fileOfRegion('missing', 'us-east-1')).toBe('missing.us-east-1');
  });

  test('fails before the work when it cannot be written after it', async () => {
    await expect(mustBeWritable(root, '--csv')).rejects.toThrow(/'--csv' must name a file, got .* which is a folder/);
    await expect(mustBeWritable(join(root, 'none', 'x.csv'), '--csv')).rejects.toThrow(/in a folder that can be written/);
    mkdirSync(join(root, 'locked'));
    chmodSync(join(root, 'locked'), 0o500);
    if (process.getuid?.() !== 0) await expect(mustBeWritable(join(root, 'locked', 'x.csv'), '--csv')).rejects.toThrow(/in a folder that can be written/);
  });
});

test('fails in our words when the disk is full', async () => {
  const store = await folderStore(join(root, 'state'));
  const log = await store.lines('suspects-0-0');
  await log.append(['one']);
  // What an open file answers when nothing more can be written to it.
  Object.defineProperty(log, 'file', { value: { appendFile: async () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })), close: async () => undefined } });
  await expect(log.append(['two'])).rejects.toThrow(/suspects-0-0' cannot be written any more \(ENOSPC\); make room/);
  await store.close();
});
