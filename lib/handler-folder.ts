import { join } from 'node:path';

/** Code of the function that runs at deployment. This file lies beside index.ts, for the package ships all of `lib` as one file there. */
export const HANDLER_FOLDER = join(__dirname, '..', 'assets', 'deployment');

/** Code of the observers' functions. */
export const OBSERVER_FOLDER = join(__dirname, '..', 'assets', 'observer');
