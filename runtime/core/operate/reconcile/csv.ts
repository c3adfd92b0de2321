import type { Finding } from '../compare/finding';
import type { Version, WallClock } from '../ports';
import { encodeKey } from './encode';

export const CSV_HEAD = 'finding,reason,key,region,version_id,modified_at,size,delete_marker,other_region,other_version_id,other_modified_at,other_delete_marker\n';

/**
 * A finding as a line. Keys are URL-encoded, as in S3's own lists: so no comma, quote or line feed is in any of them, and no
 * spreadsheet takes one for a formula. `missing`: region has it, other_region lacks it. `differs`: the current version of each.
 * `superseded`: the older write, and the one that overtook it.
 */
export function csvLine(finding: Finding, wall: WallClock): string {
  switch (finding.kind) {
    case 'missing':
      return line([finding.kind, finding.reason, encodeKey(finding.version.key), ...side(finding.in, finding.version, wall), finding.lackedBy, '', '', '']);
    case 'differs': {
      const [[one, left], [other, right]] = padded(Object.entries(finding.current));
      return line([finding.kind, finding.because, encodeKey(finding.key), ...side(one, left, wall), ...other_(other, right, wall)]);
    }
    case 'superseded':
      return line([finding.kind, '', encodeKey(finding.older.version.key), ...side(finding.older.by ?? '', finding.older.version, wall), ...other_(finding.newer.by ?? '', finding.newer.version, wall)]);
  }
}

type Side = readonly [region: string, version: Version | undefined];

function padded(sides: readonly (readonly [string, Version])[]): readonly [Side, Side] {
  return [sides[0] ?? ['', undefined], sides[1] ?? ['', undefined]];
}

function side(region: string, version: Version | undefined, wall: WallClock): string[] {
  return version ? [region, version.versionId, wall.iso(version.modifiedAt), version.size === undefined ? '' : String(version.size), String(version.deleteMarker)] : [region, '', '', '', ''];
}

function other_(region: string, version: Version | undefined, wall: WallClock): string[] {
  return version ? [region, version.versionId, wall.iso(version.modifiedAt), String(version.deleteMarker)] : [region, '', '', ''];
}

/** Version ids come from S3 and are plain; a bucket of somebody's own making might have others. */
function line(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join(',')}\n`;
}
