import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Manifest } from '../../../lib/private/contract';
import { lineOf } from '../../core/operate/history/line';
import { parseManifest } from '../../core/manifest/schema';
import { ExitCode } from '../exit-code';
import { Problem, refusal } from '../problem';
import type { ManifestFound } from '../facts/source';
import type { Paint } from '../terminal';
import type { Verb, VerbContext } from '../verb';

const STDOUT = '-';

export const exportManifest: Verb = {
  async run(context, given) {
    const found = await context.manifest();
    const { manifest } = found;
    // A file needs no credentials; what AWS holds is only exported by who it belongs to.
    if (context.sourceIsAws) await context.caller();
    const file = given.argument('file') ?? `${manifest.bucketNamePrefix.replace(/[^\w.-]/g, '-')}.s3-failover.json`;
    const text = `${JSON.stringify(withAbout(found, context), null, 2)}\n`;
    if (file !== STDOUT) {
      if (!given.has('--force')) mayReplace(file, manifest);
      if (!context.globals.dryRun) writeWhole(file, text);
    }
    const written = file !== STDOUT && !context.globals.dryRun;
    return {
      code: ExitCode.DONE,
      document: {
        schema: 'cdk-s3-failover/export',
        version: 1,
        file: file === STDOUT ? null : file,
        written,
        manifest,
        from: found.from,
        parameter: found.parameter ?? null,
        regions: Object.keys(manifest.buckets),
      },
      text: (paint) => (file === STDOUT ? text : summary(file, written, found, paint)),
    };
  },
};

/** The manifest, and words for who finds the file in a year; readers ignore members that they do not know. */
function withAbout({ manifest, from, parameter }: ManifestFound, { wall }: VerbContext): object {
  const about = {
    what: `What s3-failover must know of the S3 Multi-Region Access Point ${lineOf(manifest.accessPoint.name)}; no secret. Use it with: s3-failover status --manifest <this file>`,
    exportedAt: wall.iso(wall.now()),
    from,
    ...(parameter === undefined ? {} : { parameter, copies: `SSM parameter ${parameter} in ${Object.keys(manifest.buckets).join(', ')}` }),
  };
  return { about, ...manifest };
}

/** A file that somebody else may need is not lost to a typing error, nor a newer manifest to an older one. */
function mayReplace(file: string, manifest: Manifest): void {
  const text = existing(file);
  if (text === undefined) return;
  const parsed = parseManifest(text);
  const why =
    'problem' in parsed
      ? 'it is no manifest that this release reads'
      : parsed.manifest.accessPoint.arn !== manifest.accessPoint.arn
        ? `it is the manifest of another access point, '${parsed.manifest.accessPoint.arn}'`
        : parsed.manifest.revision > manifest.revision
          ? `it has revision ${parsed.manifest.revision}, which is newer than ${manifest.revision}`
          : undefined;
  if (why) throw refusal('FileExists', `'${file}' is there already: ${why}; name another file, or say --force`, [`s3-failover export ${file} --force`]);
}

function existing(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Problem('FileUnreadable', `'${file}' is there and cannot be read (${code}); name another file`, { cause: error });
  }
}

/** The whole text or nothing: a reader never sees half a file, nor does a loss of power leave one. */
function writeWhole(file: string, text: string): void {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = openSync(beside, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(beside, file);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new Problem('FileUnwritable', `'${file}' cannot be written (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}); name another file`, { cause: error });
  }
}

function summary(file: string, written: boolean, { manifest, from, parameter }: ManifestFound, paint: Paint): string {
  const { accessPoint, revision, buckets } = manifest;
  return [
    `${written ? paint.good('written') : 'would be written'}  ${file}`,
    `${lineOf(accessPoint.name)}, ${accessPoint.arn}, revision ${revision}, from ${from}`,
    parameter === undefined ? `Regions: ${Object.keys(buckets).join(', ')}` : `The same lies in SSM parameter ${parameter} of ${Object.keys(buckets).join(', ')}.`,
    'Keep the file outside AWS, and write it anew when Regions or buckets change.',
    '',
  ].join('\n');
}
