import { activeRegions, list, routesWith, type Routes } from '../../routes/routes';

export type TypedRoutes =
  | { readonly ok: true; readonly routes: Routes }
  /** The words as they should have been, where that can be told. */
  | { readonly ok: false; readonly fault: string; readonly words: readonly string[] };

const WORD = /^([a-z0-9-]+)=(active|passive)$/;

/** `us-east-1=active eu-west-1=passive`, each member once. What is missing is completed from live routes, or as passive. */
export function typedRoutes(words: readonly string[], members: readonly string[], live: Routes | undefined): TypedRoutes {
  const typed = new Map<string, string>();
  const wrong = (fault: string): TypedRoutes => ({ ok: false, fault, words: completed(typed, members, live) });
  const parsed = words.map((word) => ({ word, match: WORD.exec(word) }));
  for (const { match } of parsed) if (match && members.includes(match[1])) typed.set(match[1], match[2]);

  const odd = parsed.find(({ match }) => !match);
  if (odd) return wrong(`each word must be a Region and its state, such as '${members[0]}=active', got '${odd.word}'`);
  const regions = parsed.flatMap(({ match }) => (match ? [match[1]] : []));
  const twice = regions.find((region, index) => regions.indexOf(region) !== index);
  if (twice !== undefined) return wrong(`each Region may stand there once, got '${twice}' twice`);
  const strange = regions.filter((region) => !members.includes(region));
  if (strange.length > 0) return wrong(`the access point's Regions are ${list(members)}, got ${list(strange)}`);
  const missing = members.filter((region) => !typed.has(region));
  if (missing.length > 0) return wrong(`every Region of the access point must be named, missing ${list(missing)}`);
  const active = members.filter((region) => typed.get(region) === 'active');
  if (active.length === 0) return wrong('at least one Region must stay active, got none');
  return { ok: true, routes: routesWith(active, members) };
}

function completed(typed: ReadonlyMap<string, string>, members: readonly string[], live: Routes | undefined): string[] {
  const state = (region: string) => typed.get(region) ?? (live && activeRegions(live).includes(region) ? 'active' : 'passive');
  return members.map((region) => `${region}=${state(region)}`);
}
