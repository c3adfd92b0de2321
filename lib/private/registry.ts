import type { IConstruct } from 'constructs';

const CLAIMS = new WeakMap<IConstruct, Map<string, IConstruct>>();

/**
 * Claims a name for a construct, once in the app.
 *
 * Answers the construct that holds it already, if another one does; what a construct holds, its children may use.
 */
export function claim(owner: IConstruct, kind: string, name: string): IConstruct | undefined {
  const root = owner.node.root;
  let claims = CLAIMS.get(root);
  if (!claims) {
    claims = new Map();
    CLAIMS.set(root, claims);
  }
  const key = `${kind}\0${name}`;
  const holder = claims.get(key);
  if (!holder) claims.set(key, owner);
  return !holder || owner.node.scopes.includes(holder) ? undefined : holder;
}
