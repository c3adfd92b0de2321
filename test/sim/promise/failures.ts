import type { Notices } from '../../../runtime/core/controller/world';
import type { ControlEndpoint } from '../../../runtime/core/routes/endpoint';
import { activeRegions } from '../../../runtime/core/routes/routes';
import { FOR_GOOD, type Episode } from '../faults/episode';
import { NO_RATES } from '../faults/rates';
import { NO_NOTICES, shipped } from '../shipped';
import { withLightAborts } from '../world/abort';
import type { Core, Env } from '../world/core';
import { Stream } from '../world/random';
import { World } from '../world/world';
import { ordinaryStart } from './ordinary';
import { completed, type Setting } from './settings';

/** How a Region dies. */
export const DEATHS = ['silence', 'refusal', '5xx'] as const;
export type Death = (typeof DEATHS)[number];

export const SIZES = [2, 3, 17] as const;

/** What fails, and around what. */
export interface Scenario {
  readonly regions: (typeof SIZES)[number];
  /** The Region that dies is home of the first voter, of a replica of the table, and of a control endpoint. */
  readonly controlDies: boolean;
  /** One more of the five control endpoints answers nothing. */
  readonly endpointDead: boolean;
  readonly death: Death;
}

export const SCENARIOS: readonly Scenario[] = SIZES.flatMap((regions) =>
  [false, true].flatMap((controlDies) => [false, true].flatMap((endpointDead) => DEATHS.map((death) => ({ regions, controlDies, endpointDead, death })))),
);

/** The three clocks of one failover, without the last, which is AWS's. In milliseconds. */
export interface Timed {
  /** From the moment at which the Region stopped to serve to the first decision to leave it. */
  readonly toDecision: number;
  /** From there to the first answer of a control endpoint that it has taken the routes. */
  readonly toAccepted: number;
}

const OTHERS = [
  'us-west-2', 'eu-central-1', 'us-east-2', 'us-west-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3',
  'ap-southeast-1', 'ap-southeast-2', 'ca-central-1', 'eu-west-2', 'eu-west-3', 'eu-north-1', 'sa-east-1', 'ap-east-1',
];
/** Processes of every minute are about by then. */
const WARM_MS = 80_000;
/** Beyond this nobody waits for the decision: the run is counted as one without a failover. */
const PATIENCE_MS = 15 * 60_000;

/** One Region dies in a simulated estate in which nothing else is wrong. Undefined: traffic was not moved. To be called outside of any promise. */
export function timeOneFailure(setting: Setting, scenario: Scenario, seed: number): Timed | undefined {
  const random = new Stream(seed, 'failures');
  const active = scenario.controlDies ? 'us-east-1' : 'eu-west-1';
  const data = [active, ...OTHERS.slice(0, scenario.regions - 1)];
  const policy = completed(setting, data);
  const at = Math.round(WARM_MS + random.between(0, 60_000));
  const moments: { decided?: number; accepted?: number } = {};
  const core = watched(moments, () => world.time.now, active);
  const world: World = new World(
    {
      seed,
      durationMs: at + PATIENCE_MS,
      data,
      settings: policy,
      episodes: episodesOf(scenario, active, at, random),
      rates: NO_RATES,
      quietFrom: at + PATIENCE_MS,
      fresh: false,
      strict: false,
    },
    core,
    [],
  );
  const starts = world.seeds.of('ordinary starts');
  world.chance.starts = () => [ordinaryStart(starts)];
  withLightAborts(() => world.run(() => moments.accepted !== undefined));
  const { decided, accepted } = moments;
  if (decided === undefined || accepted === undefined) return undefined;
  if (decided < at) throw new Error(`seed ${seed} moved traffic before anything was wrong`);
  return { toDecision: decided - at, toAccepted: accepted - decided };
}

function episodesOf({ death, endpointDead }: Scenario, region: string, at: number, random: Stream): Episode[] {
  const span = { at, forMs: FOR_GOOD };
  const dead: Episode[] = endpointDead ? [{ ...span, at: 0, kind: 'endpoint', region: random.pick(['us-west-2', 'ap-southeast-2', 'ap-northeast-1']), state: 'silent' }] : [];
  switch (death) {
    case 'silence':
      return [...dead, { ...span, kind: 'region dead', region }];
    case 'refusal':
      return [...dead, { ...span, kind: 'region dead', region }, { ...span, kind: 'storage', region, state: 'refusing' }, { ...span, kind: 'endpoint', region, state: 'refusing' }];
    case '5xx':
      // Of the storage and the endpoint alone: what else is there lives on, and its voter decides with the others.
      return [...dead, { ...span, kind: 'storage', region, state: 'failing' }, { ...span, kind: 'endpoint', region, state: 'failing' }];
  }
}

/** The shipped controller, and when it first decided and when its routes were first accepted. */
function watched(moments: { decided?: number; accepted?: number }, now: () => number, leaving: string): Core {
  const notices: Notices = {
    ...NO_NOTICES,
    decided: async ({ action }) => {
      if (action === 'fail over') moments.decided ??= now();
    },
  };
  const core = shipped(() => notices);
  const listened = (endpoint: ControlEndpoint): ControlEndpoint => ({
    region: endpoint.region,
    read: (accessPoint, signal) => endpoint.read(accessPoint, signal),
    submit: async (accessPoint, routes, signal) => {
      const answer = await endpoint.submit(accessPoint, routes, signal);
      if (answer.ok && !activeRegions(routes).includes(leaving)) moments.accepted ??= now();
      return answer;
    },
  });
  return { ...core, run: (env: Env, milliseconds) => core.run({ ...env, endpoints: env.endpoints.map(listened) }, milliseconds) };
}
