import type { Step } from './engine/steps';
import { deployController, failsOver } from './steps/automatic';
import { heal, kill, killWatched, seeLate } from './steps/disaster';
import { bootstrap, deploy, plan, start } from './steps/setup';
import { served, switchTo } from './steps/switching';
import { seeEverywhere, startTraffic, stopTraffic, verify } from './steps/traffic';
import type { World } from './world';

const MINUTE = 60_000;

/** Steps that wait for something to be seen have their own patience; this only ends what hangs. */
const WATCHING = 30 * MINUTE;

/** The rehearsal, step by step. Each one says what it does, does it, and checks that it happened. */
export const SCENARIO: readonly Step<World>[] = [
  { id: 'start', title: 'Start the local AWS', limitMs: 2 * MINUTE, run: start },
  { id: 'plan', title: 'Synthesize the example app', limitMs: 2 * MINUTE, run: plan },
  { id: 'bootstrap', title: 'Bootstrap its Regions', limitMs: 5 * MINUTE, run: bootstrap },
  { id: 'deploy', title: 'Deploy it', limitMs: 10 * MINUTE, run: deploy },
  { id: 'traffic', title: 'Write and read through the access point', limitMs: WATCHING, run: startTraffic },
  { id: 'everywhere', title: 'See the objects in every Region', limitMs: WATCHING, run: seeEverywhere },
  { id: 'kill', title: 'Kill the active Region', limitMs: WATCHING, run: (world, tools) => kill(world, tools) },
  { id: 'failover', title: 'Fail over', limitMs: 6 * MINUTE, run: (world, tools) => switchTo(world, tools, 'failover') },
  { id: 'failover-served', title: 'Wait until the target serves', limitMs: WATCHING, run: (world, tools) => served(world, tools, 'failover') },
  { id: 'heal', title: 'Heal the Region', limitMs: WATCHING, run: heal },
  { id: 'late', title: 'See the late objects arrive', limitMs: WATCHING, run: seeLate },
  { id: 'failback', title: 'Fail back', limitMs: 6 * MINUTE, run: (world, tools) => switchTo(world, tools, 'failback') },
  { id: 'failback-served', title: 'Wait until the first Region serves', limitMs: WATCHING, run: (world, tools) => served(world, tools, 'failback') },
  { id: 'controller', title: 'Deploy the controller', limitMs: 10 * MINUTE, run: deployController },
  { id: 'kill-again', title: 'Kill the active Region again', limitMs: WATCHING, run: killWatched },
  { id: 'automatic', title: 'See it fail over by itself', limitMs: WATCHING, run: failsOver },
  { id: 'automatic-served', title: 'Wait until the target serves again', limitMs: WATCHING, run: (world, tools) => served(world, tools, 'automatic') },
  { id: 'heal-again', title: 'Heal the Region again', limitMs: WATCHING, run: heal },
  { id: 'late-again', title: 'See what was late this time', limitMs: WATCHING, run: seeLate },
  { id: 'stop', title: 'Stop writing and let replication catch up', limitMs: WATCHING, run: stopTraffic },
  { id: 'verify', title: 'Check every object in every Region', limitMs: WATCHING, run: verify },
];
