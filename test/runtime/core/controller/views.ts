import { decide, type Decision } from '../../../../runtime/core/controller/decide';
import { policyOf, type Policy, type PolicySettings } from '../../../../runtime/core/controller/policy';
import type { RegisterState } from '../../../../runtime/core/controller/register-state';
import type { SeenReport, Sight } from '../../../../runtime/core/controller/report';
import type { LagSight, RegisterSight, RoutesSight, VetoSight, View } from '../../../../runtime/core/controller/view';
import { A, B, C, settings, VOTERS } from './estate';

export const WALL = 1_000_000_000;
export const ok: Sight = { result: 'ok', elsewhere: true };
export const dead = (seconds: number, elsewhere = true): Sight => ({ result: 'down', downForMs: seconds * 1000, elsewhere });

/** What the three voters say of one Region, in their order. */
export type Said = readonly [Sight, Sight, Sight];
export const all = (sight: Sight): Said => [sight, sight, sight];

export interface Scene {
  readonly policy?: Partial<PolicySettings>;
  readonly self?: string;
  readonly says?: { readonly [region: string]: Said };
  readonly own?: { readonly [region: string]: Sight };
  /** Of the Regions' own observers, in seconds. */
  readonly ownAge?: number;
  /** They have not been seen to move: `ownAge` is how long they were watched. */
  readonly ownUnmoved?: boolean;
  /** Of each voter, in seconds; undefined: has not been seen to move. */
  readonly ages?: readonly (number | undefined)[];
  readonly hashes?: readonly (string | undefined)[];
  readonly state?: Partial<RegisterState>;
  readonly register?: RegisterSight;
  readonly coolDownLeft?: number;
  readonly actAge?: number;
  readonly routes?: RoutesSight;
  readonly lag?: { readonly [region: string]: LagSight };
  readonly vetoes?: readonly VetoSight[] | 'not asked';
  /** What each voter says of the routes, where it could not see them. */
  readonly routesOf?: readonly ('not seen' | undefined)[];
  /** What the first voter says that it saw of the routes. */
  readonly sawRoutes?: readonly string[];
}

export function stateOf(changed: Partial<RegisterState> = {}): RegisterState {
  return {
    epoch: 7,
    intent: [A],
    act: { id: 'before', kind: 'adopted', by: 'somebody', why: '', from: [A], quarantines: [], state: 'done' },
    coolDownMs: 0,
    excluded: [],
    quarantined: [],
    doubts: [],
    ...changed,
  };
}

export function viewOf(scene: Scene, policy: Policy): View {
  const { self = VOTERS[0], says = {}, own = {}, ages = [0, 5, 5], ownAge = 5, ownUnmoved = false, hashes = [], state, coolDownLeft = 0, actAge = 0 } = scene;
  const table: { readonly [region: string]: Said } = { [A]: all(ok), [B]: all(ok), [C]: all(ok), ...says };
  const voters = VOTERS.map((region, index): SeenReport => ({
    observer: { role: 'voter', region },
    boot: 1,
    sequence: 1,
    code: 'c',
    policy: hashes[index] ?? policy.hash,
    regions: Object.fromEntries(Object.entries(table).map(([name, said]) => [name, said[index]])),
    ...(index === 0 && scene.sawRoutes && { routes: { kind: 'seen', active: scene.sawRoutes } }),
    stillForMs: (ages[index] ?? 0) * 1000,
    ...(scene.routesOf?.[index] && { routes: { kind: scene.routesOf[index] } }),
    ...(ages[index] !== undefined && { ageMs: ages[index] * 1000 }),
  }));
  const selves = Object.entries(own).map(([region, sight]): SeenReport => ({ observer: { role: 'self', region }, boot: 1, sequence: 1, code: 'c', policy: policy.hash, regions: { [region]: sight }, stillForMs: ownAge * 1000, ...(!ownUnmoved && { ageMs: ownAge * 1000 }) }));
  return {
    self,
    reports: [...voters, ...selves],
    register: scene.register ?? { kind: 'read', state: stateOf(state), revision: 1, coolDownLeftMs: coolDownLeft * 1000, actAgeMs: actAge * 1000, seenForMs: 0 },
    routes: scene.routes ?? { kind: 'not known', reason: 'not looked' },
    lag: scene.lag ?? {},
    ...(scene.vetoes !== undefined && scene.vetoes !== 'not asked' && { vetoes: scene.vetoes }),
  };
}

export function decided(scene: Scene): Decision {
  const policy = policyOf(settings(scene.policy));
  return decide(viewOf(scene, policy), policy, WALL);
}
