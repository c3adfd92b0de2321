import type { ExtensionFactory } from './gateway/extension';

/** What every local AWS has besides the gateway itself. */
export const EXTENSIONS: readonly ExtensionFactory[] = [];
