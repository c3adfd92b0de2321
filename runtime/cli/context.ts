import { CONTROL_REGIONS, type Manifest } from '../../lib/private/contract';
import { CallError } from '../core/calls/call-error';
import { within } from '../core/calls/side-by-side';
import { policyOf } from '../core/controller/policy';
import { TableRegister } from '../core/controller/register';
import { ReplicatedTable } from '../core/controller/replicated-table';
import type { ControllerPort } from '../core/operate/controller';
import { estateOf } from '../core/operate/estate';
import { NO_REGISTER } from '../core/operate/register';
import type { OperateWorld } from '../core/operate/act/world';
import type { Clock, Log } from '../core/ports';
import type { Aws, Caller } from './aws';
import { mustBeCallers } from './facts/caller';
import { findManifest } from './facts/manifest';
import type { ManifestFound } from './facts/source';
import type { FactSources } from './parse/invocation';
import type { VerbContext } from './verb';

/** Longer than a slow sign-on takes; whoever acts at night should not wait for the name of it. */
const CALLER_MS = 10_000;

export interface ContextParts extends Omit<VerbContext, 'manifest' | 'sourceIsAws' | 'world' | 'view' | 'caller'> {
  readonly aws: Aws;
  readonly sources: FactSources;
  readonly log: Log;
}

/** What a verb is handed; each fact is looked up once, and only when asked for. */
export function contextOf(parts: ContextParts): VerbContext {
  const { aws, clock, deadline, signal, terminal } = parts;
  let found: Promise<ManifestFound> | undefined;
  const manifest = () =>
    (found ??= findManifest({ aws, clock }, parts.sources, { deadline, signal }).then((one) => {
      for (const remark of one.remarks) terminal.err(`${terminal.talkPaint.warn('note')}  ${remark}\n`);
      return one;
    }));

  let asked: Promise<Caller | undefined> | undefined;
  const ask = async (avoid: readonly string[]): Promise<Caller | undefined> => {
    const own = await aws.ownRegion();
    const regions = [...new Set([...(own ? [own] : []), ...CONTROL_REGIONS])].filter((region) => !avoid.includes(region));
    try {
      // Credentials may come from a program that never ends.
      return await within('any Region', clock, CALLER_MS, (enough) => aws.caller(regions, enough), signal);
    } catch (error) {
      if (!(error instanceof CallError) || !error.unreachable) throw error;
      terminal.err(`${terminal.talkPaint.warn('note')}  nobody could be asked who the caller is (${error.message}); that the manifest is about the caller's account was not checked\n`);
      return undefined;
    }
  };
  const caller = async (avoid: readonly string[] = []): Promise<Caller | undefined> => {
    const [{ manifest: read, from }, who] = await Promise.all([manifest(), (asked ??= ask(avoid))]);
    if (who) mustBeCallers(read, from, who);
    return who;
  };

  const view = async (): Promise<Omit<OperateWorld, 'who'>> => {
    const estate = estateOf((await manifest()).manifest);
    const { account } = estate.accessPoint;
    const controller = controllerOf(estate.manifest, aws, clock);
    const { wall, random } = parts;
    const buckets = new Map(estate.regions.map((region) => [region, aws.bucket(region, estate.buckets[region], account)]));
    return {
      clock,
      random,
      log: parts.log,
      endpoints: aws.controlEndpoints(),
      wall,
      estate,
      buckets: (region) => {
        const bucket = buckets.get(region);
        if (!bucket) throw new RangeError(`'${region}' is no Region of the manifest (${estate.regions.join(', ')})`);
        return bucket;
      },
      probe: aws.writeProbe(estate.accessPoint, estate.buckets),
      metrics: aws.metrics(),
      register: controller ? new TableRegister({ table: controller.table, clock, wall, random }, controller.policy.coolDownMs) : NO_REGISTER,
      ...(controller && { controller }),
    };
  };

  return {
    ...parts,
    manifest,
    sourceIsAws: parts.sources.manifest === undefined,
    caller,
    view,
    async world({ avoid = [] } = {}): Promise<OperateWorld> {
      const who = await caller(avoid);
      return { ...(await view()), who: who?.arn ?? 'unknown' };
    },
  };
}

function controllerOf({ controller, routing }: Manifest, aws: Aws, clock: Clock): ControllerPort | undefined {
  if (!controller) return undefined;
  const policy = policyOf({ ...controller.policy, order: routing.regions });
  const replicas = new Map(policy.voters.map((region) => [region, aws.table(region, controller.table)]));
  return {
    policy,
    table: new ReplicatedTable(clock, [...replicas].map(([region, table]) => ({ region, table }))),
    replica(region) {
      const table = replicas.get(region);
      if (!table) throw new RangeError(`'${region}' is no control Region (${policy.voters.join(', ')})`);
      return table;
    },
  };
}
