import * as z from 'zod';
import { OnRedeployMode, UNCHANGED, WhenLaggingMode, type RoutesProperties } from '../../../lib/private/contract';
import type { ManifestController } from '../../../lib/private/controller-contract';
import { controllerText } from '../manifest/controller';
import { problemOf } from '../custom-resource/parse';
import { accessPointArn, bucketsByRegion } from '../custom-resource/syntax';
import { parseAccessPointArn, type AccessPoint } from './access-point';
import { list } from './routes';

/** `Custom::S3FailoverRoutes`, parsed and checked. */
export interface WantedRoutes {
  readonly accessPoint: AccessPoint;
  /** Every Region of the access point. */
  readonly members: readonly string[];
  /** Region to bucket name. */
  readonly buckets: { readonly [region: string]: string };
  /** Regions that are active when nobody has switched. */
  readonly activeRegions: readonly string[];
  /** The Region that the stack parameter names; nothing without a switch, or when it says `unchanged`. */
  readonly activeRegion?: string;
  /** Nothing when absent or empty. */
  readonly switchId?: string;
  readonly onRedeploy: OnRedeployMode;
  readonly whenLagging: WhenLaggingMode;
  readonly parameterNames: { readonly activeRegion: string; readonly switchId: string };
  /** Absent without one. */
  readonly controller?: ManifestController;
}

/** What a comparison needs of the properties before this event; they may be those of a deployment that failed. */
export interface PreviousRoutes {
  readonly accessPointArn?: string;
  readonly activeRegion?: string;
  readonly switchId?: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const modes = Object.values(OnRedeployMode);
const laggingModes = Object.values(WhenLaggingMode);
const parameterName = z.string().regex(/^[A-Za-z0-9]{1,255}$/, 'must be the name of a stack parameter');

const schema = z
  .object({
    AccessPointArn: accessPointArn,
    Buckets: bucketsByRegion,
    ActiveRegions: z.array(z.string()).min(1, 'must name at least one Region'),
    ActiveRegion: z.string().optional(),
    SwitchId: z.string().optional(),
    OnRedeploy: z.enum(modes, { error: `must be one of ${list(modes)}` }),
    // Without a switch there is nothing to check, and no permission to.
    WhenLagging: z.enum(laggingModes, { error: `must be one of ${list(laggingModes)}` }).default(WhenLaggingMode.SWITCH),
    Controller: controllerText.optional(),
    ActiveRegionParameter: parameterName.default('ActiveRegion'),
    SwitchIdParameter: parameterName.default('SwitchId'),
  })
  .superRefine((properties, context) => {
    const members = Object.keys(properties.Buckets);
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const member = (region: string, path: (string | number)[]) => {
      if (!members.includes(region)) refuse(path, `must be a Region of the access point (${list(members)})`);
    };
    properties.ActiveRegions.forEach((region, index) => {
      member(region, ['ActiveRegions', index]);
      if (properties.ActiveRegions.indexOf(region) !== index) refuse(['ActiveRegions', index], 'must not repeat a Region');
    });
    if (namesRegion(properties.ActiveRegion)) member(properties.ActiveRegion, ['ActiveRegion']);
  });

export function parseRoutesProperties(properties: unknown): Parsed<WantedRoutes> {
  const parsed = schema.safeParse(properties);
  if (!parsed.success)
    return { ok: false, reason: `${problemOf(parsed.error, properties)}; deploy this resource with the library's own constructs` };

  const given: Omit<RoutesProperties, 'OnRedeploy' | 'WhenLagging' | 'Controller'> & { readonly OnRedeploy: OnRedeployMode; readonly WhenLagging: WhenLaggingMode } = parsed.data;
  return {
    ok: true,
    value: {
      accessPoint: parseAccessPointArn(given.AccessPointArn)!,
      members: Object.keys(given.Buckets).sort(),
      buckets: given.Buckets,
      activeRegions: given.ActiveRegions,
      activeRegion: namesRegion(given.ActiveRegion) ? given.ActiveRegion : undefined,
      switchId: given.SwitchId === '' ? undefined : given.SwitchId,
      onRedeploy: given.OnRedeploy,
      whenLagging: given.WhenLagging,
      ...(parsed.data.Controller && { controller: parsed.data.Controller }),
      parameterNames: { activeRegion: parsed.data.ActiveRegionParameter, switchId: parsed.data.SwitchIdParameter },
    },
  };
}

/** Never fails: what a failed deployment asked for is only compared, not obeyed. */
export function previousRoutes(properties: { readonly [name: string]: unknown } | undefined): PreviousRoutes {
  const read = (name: keyof RoutesProperties) => {
    const value = properties?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const activeRegion = read('ActiveRegion');
  return {
    accessPointArn: read('AccessPointArn'),
    activeRegion: namesRegion(activeRegion) ? activeRegion : undefined,
    switchId: read('SwitchId'),
  };
}

function namesRegion(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== UNCHANGED;
}
