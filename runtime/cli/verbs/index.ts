import type { Verb } from '../verb';

/** What each command does, loaded when it is run. */
export const VERBS: { readonly [command: string]: () => Promise<Verb> } = {
  completion: async () => (await import('./completion')).completion,
  status: async () => (await import('./status')).status,
  watch: async () => (await import('./watch')).watch,
  'routes show': async () => (await import('./routes-show')).routesShow,
};
