import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { policyFaults, withDefaults, type PolicySettings } from '../../../lib/private/controller-contract';
import { parseIncident } from '../../core/controller/incident';
import { policyOf, type Policy } from '../../core/controller/policy';
import { replay } from '../../core/controller/replay';
import { problemOf } from '../../core/custom-resource/parse';
import { settingsSchema } from '../../core/manifest/controller';
import type { Given } from '../command';
import { ExitCode } from '../exit-code';
import { readable, textOf } from '../facts/file';
import { durationFrom } from '../parse/values';
import { misuse, Problem } from '../problem';
import { simulationDocument, simulationText, type Simulated } from '../render/simulate';
import type { Verb, VerbContext } from '../verb';

const LARGEST_BYTES = 100_000_000;

/** Options that change one setting of each policy. */
const CHANGES = { '--interval': 'intervalMs', '--unhealthy-for': 'unhealthyForMs', '--disputed-for': 'disputedForMs', '--cool-down': 'coolDownMs' } as const satisfies { readonly [flag: string]: keyof PolicySettings };

export const simulate: Verb = {
  async run(context, given) {
    const file = given.argument('file')!;
    const parsed = parseIncident(textOfIncident(file), { timeOf: (text) => context.wall.parse(text) });
    if ('problem' in parsed) throw new Problem('IncidentMalformed', `'${file}' cannot be replayed: ${parsed.problem}`, { next: ['s3-failover simulate --help'] });
    const lagMs = durationFrom(given.option('--lag'), '--lag');
    const changes = Object.fromEntries(Object.entries(CHANGES).flatMap(([flag, name]) => (given.option(flag) === undefined ? [] : [[name, durationFrom(given.option(flag), flag)]])));
    const simulated = (await policiesOf(context, given)).map(({ name, settings }): Simulated => {
      const policy = checked(name, { ...settings, ...changes });
      const active = given.option('--active') ?? policy.order[0];
      if (!policy.order.includes(active)) throw misuse(`'--active' must be one of the order of ${name} (${policy.order.join(', ')}), got '${active}'`);
      return { name, policy, remarks: remarksOn(parsed.probes, policy, lagMs), replayed: replay(parsed.probes, policy, { active, lagMs }) };
    });
    const from = parsed.probes.reduce((first, { at }) => Math.min(first, at), Infinity);
    const about = { file, probes: parsed.probes.length, from };
    return {
      code: ExitCode.DONE,
      document: { schema: 'cdk-s3-failover/simulation', version: 1, ...simulationDocument(about, simulated, context.wall) },
      text: (paint, columns) => simulationText(about, simulated, context.wall, paint, columns),
    };
  },
};

function textOfIncident(file: string): string {
  const bytes = readable(() => readFileSync(file), (why) => `'file' must name a file that can be read, got '${file}' (${why})`);
  if (bytes.length > LARGEST_BYTES) throw new Problem('FileUnreadable', `'file' names a file of ${bytes.length} bytes, '${file}'; a replay takes at most ${LARGEST_BYTES}`);
  return bytes.toString('utf8');
}

interface Named {
  readonly name: string;
  readonly settings: PolicySettings;
}

/** Those of the files that were named, or the manifest's own. */
async function policiesOf(context: VerbContext, given: Given): Promise<readonly Named[]> {
  const files = given.options('--policy');
  if (files.length > 0) return files.map((file) => ({ name: file, settings: settingsIn(file) }));
  const { manifest, from } = await context.manifest();
  if (!manifest.controller) throw misuse(`the manifest (${from}) has no controller, and so no policy; name one by --policy`, ['s3-failover simulate <file> --policy policy.json']);
  return [{ name: `the manifest (${from})`, settings: { ...manifest.controller.policy, order: manifest.routing.regions } }];
}

function settingsIn(file: string): PolicySettings {
  let json: unknown;
  try {
    json = JSON.parse(textOf(file, '--policy'));
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('PolicyMalformed', `'--policy' must name a file of settings as JSON, got '${file}', which is none`, { cause: error });
  }
  const parsed = settingsSchema.safeParse(json);
  if (!parsed.success) throw new Problem('PolicyMalformed', `the policy in '${file}' cannot be used: ${problemIn(parsed.error, json)}`);
  return parsed.data;
}

function problemIn(error: z.ZodError, json: unknown): string {
  const [issue] = error.issues;
  return issue.code === 'unrecognized_keys' ? `'${issue.keys[0]}' is no setting; settings are ${Object.keys(settingsSchema.shape).join(', ')}` : problemOf(error, json);
}

function checked(name: string, settings: PolicySettings): Policy {
  const [fault] = policyFaults(withDefaults(settings));
  if (fault !== undefined) throw new Problem('PolicyMalformed', `the policy in '${name}' cannot be used: ${fault}`);
  return policyOf(settings);
}

/** What makes a replay tell less than it seems to. */
function remarksOn(probes: Parameters<typeof replay>[0], policy: Policy, lagMs: number | undefined): string[] {
  const seen = new Set(probes.flatMap(({ observer }) => (observer.role === 'voter' ? [observer.region] : [])));
  const silent = policy.voters.filter((region) => !seen.has(region));
  const strangers = [...seen].filter((region) => !policy.voters.includes(region));
  const regions = new Set(probes.map(({ region }) => region));
  const unseen = policy.order.filter((region) => !regions.has(region));
  return [
    ...(silent.length > 0 ? [`the file has no probe of the voter in ${silent.join(', ')}, which is taken for silent`] : []),
    ...(strangers.length > 0 ? [`${strangers.join(', ')} is no voter of this policy, and has no vote`] : []),
    ...(unseen.length > 0 ? [`the file has no probe of ${unseen.join(', ')}, which is never known to be well`] : []),
    ...(policy.maxDataLossMs !== undefined && lagMs === undefined ? [`'maxDataLoss' is set, and the file tells no lag: it holds; --lag says how far targets were behind`] : []),
    ...(policy.vetoAlarms.length > 0 ? ["'vetoAlarms' are taken for quiet"] : []),
  ];
}

