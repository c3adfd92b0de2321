import type { Verb } from '../verb';

/** What each command does, loaded when it is run. */
export const VERBS: { readonly [command: string]: () => Promise<Verb> } = {
  card: async () => (await import('./card')).card,
  completion: async () => (await import('./completion')).completion,
  export: async () => (await import('./export')).exportManifest,
  history: async () => (await import('./history')).history,
  reconcile: async () => (await import('./reconcile')).reconcile,
  status: async () => (await import('./status')).status,
  watch: async () => (await import('./watch')).watch,
  doctor: async () => (await import('./doctor')).doctor,
  policy: async () => (await import('./policy')).policy,
  'routes show': async () => (await import('./routes-show')).routesShow,
};
