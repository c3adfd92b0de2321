/** What the rehearsal needs of the thing it rehearses on. The local AWS is one; tests bring a small one of their own. */
export interface Estate {
  /** Starts it, and answers with one line on what now runs. */
  start(tools: EstateTools): Promise<string>;
  /** Reads the app that will be deployed. */
  plan(tools: EstateTools): Promise<Plan>;
  bootstrap(regions: readonly string[], tools: EstateTools): Promise<void>;
  deploy(tools: EstateTools): Promise<void>;
  /** Reads what the deployment says of itself, in the given Region. */
  describe(region: string, signal: AbortSignal): Promise<Deployment>;
  /** Switches the way a user does; returns when the command has ended. */
  switchTo(region: string, how: SwitchHow, tools: EstateTools): Promise<void>;
  /** The command line of a switch, as a user would type it. */
  switchCommand(region: string, how: SwitchHow): string;

  /** Deploys the controller of automatic failover beside what is there. */
  deployController(tools: EstateTools): Promise<void>;
  /** How many observers have reported by now, of how many; the controller may act once all have. */
  observers(signal: AbortSignal): Promise<{ readonly heard: number; readonly of: number }>;
  /** How the controller moved traffic at or after a time, if it did. */
  automaticMove(since: number, signal: AbortSignal): Promise<AutomaticMove | undefined>;

  /** The routes, as a control endpoint outside of the given Region tells them. */
  routes(avoiding: string, signal: AbortSignal): Promise<Routes>;
  kill(region: string): Promise<void>;
  heal(): Promise<void>;

  /** Writes through the access point. */
  put(key: string, body: Buffer, signal: AbortSignal): Promise<{ readonly versionId: string }>;
  /** Reads through the access point; undefined where the object is not found. */
  get(key: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Every version under the prefix in one Region's bucket, asked of that Region directly. */
  list(region: string, prefix: string, signal: AbortSignal): Promise<StoredVersion[]>;
  /** One version in one Region's bucket. */
  fetch(region: string, key: string, versionId: string, signal: AbortSignal): Promise<StoredCopy>;

  /** Ends everything that was started; safe to call at any time, more than once. */
  stop(): Promise<void>;
}

export interface EstateTools {
  readonly signal: AbortSignal;
  note(text: string): void;
  /** Told the command line, as a person would type it. */
  ran(command: string): void;
}

/** `forced`: whatever has not been replicated, as when the Region that holds it is dead. */
export type SwitchHow = 'planned' | 'forced';

/** An act of the controller. Times are milliseconds since the epoch. */
export interface AutomaticMove {
  readonly decidedAt: number;
  readonly acceptedAt: number;
  /** Which observer acted. */
  readonly by: string;
  /** The controller's own sentence. */
  readonly why: string;
}

/** What the app's templates say. */
export interface Plan {
  readonly stacks: readonly string[];
  readonly homeRegion: string;
  /** Regions that hold a stack. */
  readonly stackRegions: readonly string[];
  /** Regions that hold a bucket: the first active one, then the others in the order in which they would take over. */
  readonly order: readonly string[];
}

export interface Deployment {
  readonly accessPointArn: string;
  /** Region to bucket name. */
  readonly buckets: { readonly [region: string]: string };
}

/** Region to whether traffic may go there. */
export interface Routes {
  readonly [region: string]: 'active' | 'passive';
}

export interface StoredVersion {
  readonly key: string;
  readonly versionId: string;
  readonly etag: string;
  readonly isLatest: boolean;
}

export interface StoredCopy {
  readonly body: Buffer;
  /** True where S3 put the version, false where a client did. */
  readonly replica: boolean;
}
