import { readFileSync } from 'fs';
import { join } from 'path';
import { ResourceType, type RoutesProperties } from '../../../lib/private/contract';
import type { Plan } from './estate';

/** What the rehearsal needs to know of a synthesized app. */
export interface AssemblyPlan extends Plan {
  readonly homeStack: string;
  readonly manifestParameterName: string;
  /** Stack parameter that switches. */
  readonly switchParameter: string;
  /** Stack parameter that can force a switch. */
  readonly switchIdParameter: string;
}

interface Template {
  readonly Resources?: { readonly [id: string]: { readonly Type: string; readonly Properties?: Record<string, unknown> } };
}

/** Reads the cloud assembly, so that the rehearsal follows the example app and holds no second copy of its Regions. */
export function readAssembly(folder: string): AssemblyPlan {
  const manifest = readJson<{ artifacts: Record<string, { type: string; environment?: string; properties?: { templateFile: string; stackName?: string } }> }>(join(folder, 'manifest.json'));
  const stacks = Object.entries(manifest.artifacts)
    .filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => ({
      name: artifact.properties!.stackName ?? id,
      region: artifact.environment!.split('/').pop()!,
      template: readJson<Template>(join(folder, artifact.properties!.templateFile)),
    }));
  const homes = stacks.flatMap((stack) => Object.values(stack.template.Resources ?? {})
    .filter((resource) => resource.Type === ResourceType.MANIFEST)
    .map((resource) => ({ stack, properties: resource.Properties ?? {} })));
  if (homes.length !== 1) throw new Error(`the example app should hold one multi-Region bucket, got ${homes.length}`);
  const [{ stack, properties }] = homes;

  const dataRegions = strings(properties.Regions, 'Regions');
  const [active, ...rest] = strings(properties.RoutingRegions, 'RoutingRegions');
  // Without an order of its own, the home Region takes over last: it should not be needed for anything else.
  const others = dataRegions.filter((region) => region !== active && !rest.includes(region)).sort((a, b) => Number(a === stack.region) - Number(b === stack.region));
  const routes = Object.values(stack.template.Resources ?? {}).find((resource) => resource.Type === ResourceType.ROUTES)?.Properties;
  const { ActiveRegionParameter: switchParameter, SwitchIdParameter: switchIdParameter } = (routes ?? {}) as Partial<RoutesProperties>;
  if (switchParameter === undefined || switchIdParameter === undefined) throw new Error(`stack '${stack.name}' of the example app has no parameter that switches the active Region; add a FailoverSwitch`);
  return {
    stacks: stacks.map((one) => one.name),
    homeRegion: stack.region,
    stackRegions: [...new Set(stacks.map((one) => one.region))],
    order: [active, ...rest, ...others],
    homeStack: stack.name,
    manifestParameterName: String(properties.ManifestParameterName),
    switchParameter,
    switchIdParameter,
  };
}

function strings(value: unknown, name: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new Error(`the example app's '${name}' must be plain Regions, got ${JSON.stringify(value)}`);
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
