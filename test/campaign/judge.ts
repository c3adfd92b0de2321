import type { Writer } from './writer';
import type { CampaignEstate } from './estate';
import { documentOf, type Ended } from './operator';
import type { Act } from './triples';

/** No fence may be set to last longer than this from now on. */
const LONGEST_FENCE_MS = 15 * 60_000;

export interface Tried {
  readonly act: Act;
  readonly ended: Ended;
  /** Whether somebody else moved traffic meanwhile: to the end, or with a last word that was lost. */
  readonly interfered: 'no' | 'done' | 'unknown';
  /** Somebody else's change came after this operator's last look at the routes. */
  readonly unseen: boolean;
  readonly since: number;
  readonly endedAt: number;
  readonly before: readonly string[];
}

/** What must hold of every try, whatever went wrong in it; each sentence is a breach. */
export async function judge(estate: CampaignEstate, writer: Writer, prefix: string, tried: Tried): Promise<string[]> {
  const { act, ended } = tried;
  const breaches: string[] = [];
  const active = await estate.active();
  const document = documentOf(ended);

  if (active.length === 0) breaches.push('no Region is active');
  if ((await estate.badSubmits(tried.since)) > 0) breaches.push('a submit was sent that the service refuses as wrong');
  for (const { region, until } of await estate.fences()) {
    if (until === 'never') breaches.push(`a fence in ${region} has no end`);
    else if (until - Date.now() > LONGEST_FENCE_MS) breaches.push(`a fence in ${region} lasts ${Math.round((until - Date.now()) / 1000)} s longer`);
  }
  if (ended.code !== undefined && document === undefined) breaches.push(`'--json' printed no document with exit code ${ended.code}: ${ended.out.slice(0, 200)} ${ended.err.slice(-300)}`);
  if (ended.code !== undefined && ![0, 1, 3, 4, 5, 6, 7].includes(ended.code) && !(ended.code >= 128)) breaches.push(`exit code ${ended.code} is none of the documented ones`);

  const moved = active.length === 1 && active[0] === act.target;
  // The other's act had ended before this one went on: who looks at the routes after that, and reports success, must be right.
  const knowable = tried.interfered === 'no' || (tried.interfered === 'done' && !tried.unseen);
  if (act.target !== undefined && knowable && (ended.code === 0 || ended.code === 5) && !moved) breaches.push(`exit code ${ended.code}, and routes are ${active.join(', ')} instead of ${act.target}`);
  const same = active.length === tried.before.length && active.every((region) => tried.before.includes(region));
  if (act.target === undefined && tried.interfered === 'no' && !same) breaches.push(`routes changed from ${tried.before.join(', ')} to ${active.join(', ')}, which it does not do`);
  breaches.push(...((await act.breaches?.(estate, ended)) ?? []));
  if (act.target !== undefined && tried.interfered === 'no') {
    if ((ended.code === 3 || ended.code === 4) && !same) breaches.push(`exit code ${ended.code} (nothing done), and routes changed from ${tried.before.join(', ')} to ${active.join(', ')}`);
    if (!moved && !same) breaches.push(`routes are neither as they were nor as meant: ${active.join(', ')}`);
  }
  if (ended.code === 0 && act.target !== undefined) {
    const after = writer.acknowledged.filter(({ startedAt }) => startedAt > tried.endedAt).slice(0, 3);
    for (const write of after) {
      if (knowable && !(await estate.wroteIn(act.target, write.key, write.versionId))) breaches.push(`served was reported, and a later write did not land in ${act.target}`);
    }
  }
  if (document?.nothingLost === true && act.target !== undefined) {
    const held = await estate.versionsIn(act.target, prefix);
    const lost = writer.acknowledged.filter(({ at, versionId }) => at < tried.endedAt && !held.has(versionId));
    if (lost.length > 0) breaches.push(`"nothing lost" was said, and ${lost.length} acknowledged writes are not in ${act.target}: ${lost[0].key}`);
  }
  if (/\n\s+at .*\(.*:\d+:\d+\)/.test(ended.err)) breaches.push('a stack was printed');
  return breaches;
}
