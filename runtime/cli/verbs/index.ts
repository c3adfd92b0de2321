import type { Verb } from '../verb';

/** What each command does, loaded when it is run. */
export const VERBS: { readonly [command: string]: () => Promise<Verb> } = {
  completion: async () => (await import('./completion')).completion,
  'routes show': async () => (await import('./routes-show')).routesShow,
};
