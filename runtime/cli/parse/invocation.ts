import type { Command, Given } from '../command';
import type { Globals } from '../verb';

/** Where the manifest comes from, as given: the first of manifest, name, app, outputs counts. */
export interface FactSources {
  readonly manifest?: string;
  readonly name?: string;
  readonly regions?: readonly string[];
  readonly app?: string;
  readonly outputs?: string;
}

/** How AWS is reached. */
export interface Reach {
  readonly profile?: string;
  readonly region?: string;
}

/** A command line that was understood. */
export interface Invocation {
  readonly command: Command;
  readonly given: Given;
  readonly globals: Globals;
  readonly sources: FactSources;
  readonly reach: Reach;
  /** False where colours were forbidden on the command line. */
  readonly color: boolean;
}
