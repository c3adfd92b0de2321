import type { Verb } from '../verb';

/** What each command does, loaded when it is run. */
export const VERBS: { readonly [command: string]: () => Promise<Verb> } = {
  card: async () => (await import('./card')).card,
  completion: async () => (await import('./completion')).completion,
  export: async () => (await import('./export')).exportManifest,
  reconcile: async () => (await import('./reconcile')).reconcile,
  simulate: async () => (await import('./simulate')).simulate,
  status: async () => (await import('./status')).status,
  watch: async () => (await import('./watch')).watch,
  drill: async () => (await import('./drill')).drill,
  doctor: async () => (await import('./doctor')).doctor,
  policy: async () => (await import('./policy')).policy,
  failover: async () => (await import('./failover')).failover,
  'routes set': async () => (await import('./routes-set')).routesSet,
  history: async () => (await import('./history')).history,
  'quarantine lift': async () => (await import('./quarantine-lift')).quarantineLift,
  pause: async () => (await import('./controller')).pause,
  resume: async () => (await import('./controller')).resume,
  exclude: async () => (await import('./controller')).exclude,
  include: async () => (await import('./controller')).include,
  'routes show': async () => (await import('./routes-show')).routesShow,
  'fence show': async () => (await import('./fence-show')).fenceShow,
  'fence lift': async () => (await import('./fence-lift')).fenceLift,
  switchover: async () => (await import('./switchover')).switchover,
};
