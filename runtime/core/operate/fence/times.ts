export interface FenceTimes {
  /** How long a fence lasts when nobody extends it: what a tool that dies leaves of an outage. */
  readonly lifetimeMs: number;
  /** A fence that is in use is extended this often; policies may take a while to be what requests are judged by. */
  readonly extendEveryMs: number;
  /** A fence with less time left than this was not extended when it should have been, twice. */
  readonly staleLeftMs: number;
  /** How often a fence is looked at while it is up. */
  readonly checkEveryMs: number;
  /** One call to S3. */
  readonly callMs: number;
  /** Puts of one policy, while others overwrite it. */
  readonly rounds: number;
  /** How long a policy that was put may not show on reading before it counts as overwritten. */
  readonly settleMs: number;
  /** How writes are seen refused. */
  readonly see: SeeTimes;
}

export interface SeeTimes {
  readonly everyMs: number;
  /** Writes at a time, each over a connection of its own. */
  readonly abreast: number;
  /** Turns in a row in which every write is refused. */
  readonly inARow: number;
  /** They last at least this long. */
  readonly quietMs: number;
  /** How long a policy may take to be what requests are judged by, before this is given up. */
  readonly mostMs: number;
}

export const FENCE_TIMES: FenceTimes = {
  lifetimeMs: 180_000,
  extendEveryMs: 30_000,
  staleLeftMs: 105_000,
  checkEveryMs: 5_000,
  callMs: 5_000,
  rounds: 5,
  settleMs: 2_000,
  see: { everyMs: 500, abreast: 3, inARow: 8, quietMs: 5_000, mostMs: 90_000 },
};
