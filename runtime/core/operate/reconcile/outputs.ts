import type { Finding } from '../compare/finding';
import type { Estate } from '../estate';
import type { WallClock } from '../ports';
import { manifestLine, replicable } from './batch-manifest';
import { CSV_HEAD, csvLine } from './csv';
import type { OutputFile } from './store';

/** Files that somebody asked for, made when there is something to put into them. */
export interface OutputFiles {
  readonly csv?: () => Promise<OutputFile>;
  /** Of one source Region: a batch job works on one bucket. */
  readonly batchManifest?: (region: string) => Promise<OutputFile>;
}

const BUFFER = 64 * 1_024;

/** Writes findings to files as they pass; all of them appear at the end, or none does. */
export class Outputs {
  private readonly files = new Map<string, { readonly file: OutputFile; text: string }>();

  constructor(private readonly wanted: OutputFiles, private readonly world: { readonly estate: Estate; readonly wall: WallClock }) {}

  async add(finding: Finding): Promise<void> {
    const { csv, batchManifest } = this.wanted;
    if (csv) await this.write('', csv, csvLine(finding, this.world.wall), CSV_HEAD);
    if (!batchManifest || !replicable(finding)) return;
    await this.write(finding.in, () => batchManifest(finding.in), manifestLine(this.world.estate.buckets[finding.in], finding));
  }

  async commit(): Promise<string[]> {
    const { csv } = this.wanted;
    // That nothing was found is worth a file; a manifest without a line is none.
    if (csv) await this.write('', csv, '', CSV_HEAD);
    const names: string[] = [];
    for (const { file, text } of this.files.values()) {
      if (text !== '') await file.write(text);
      await file.commit();
      names.push(file.name);
    }
    return names;
  }

  async discard(): Promise<string[]> {
    for (const { file } of this.files.values()) await file.discard();
    return [];
  }

  private async write(name: string, make: () => Promise<OutputFile>, line: string, head = ''): Promise<void> {
    let open = this.files.get(name);
    if (!open) this.files.set(name, (open = { file: await make(), text: head }));
    open.text += line;
    if (open.text.length < BUFFER) return;
    const { text } = open;
    open.text = '';
    await open.file.write(text);
  }
}
