import { z } from 'zod';
import { OnRedeployMode, UNCHANGED, type RoutesProperties } from '../../../lib/private/contract';
import { parseAccessPointArn, type AccessPoint } from './access-point';
import { list } from './routes';

/** `Custom::S3FailoverRoutes`, parsed and checked. */
export interface WantedRoutes {
  readonly accessPoint: AccessPoint;
  /** Every Region of the access point. */
  readonly members: readonly string[];
  /** Regions that are active when nobody has switched. */
  readonly activeRegions: readonly string[];
  /** The Region that the stack parameter names; nothing without a switch, or when it says `unchanged`. */
  readonly activeRegion?: string;
  /** Nothing when absent or empty. */
  readonly switchId?: string;
  readonly onRedeploy: OnRedeployMode;
}

/** What a comparison needs of the properties before this event; they may be those of a deployment that failed. */
export interface PreviousRoutes {
  readonly accessPointArn?: string;
  readonly activeRegion?: string;
  readonly switchId?: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

const text = z.string({ error: (issue) => `must be text, got ${show(issue.input)}` });
const modes = Object.values(OnRedeployMode);

const schema = z
  .object({
    AccessPointArn: text.refine((arn) => parseAccessPointArn(arn) !== undefined, {
      error: (issue) => `must be the ARN of a Multi-Region Access Point, got '${String(issue.input)}'; it looks like arn:aws:s3::<account>:accesspoint/<alias>.mrap`,
    }),
    Buckets: z
      .record(z.string(), text, { error: (issue) => `must map each Region to its bucket, got ${show(issue.input)}` })
      .refine((buckets) => Object.keys(buckets).length > 0, { error: `must name at least one Region, got none` }),
    ActiveRegions: z.array(text, { error: (issue) => `must be a list of Regions, got ${show(issue.input)}` }).min(1, { error: 'must name at least one Region, got none' }),
    ActiveRegion: text.optional(),
    SwitchId: text.optional(),
    OnRedeploy: z.enum(modes, { error: (issue) => `must be one of ${list(modes)}, got ${show(issue.input)}` }),
  })
  .superRefine((properties, context) => {
    const members = Object.keys(properties.Buckets);
    const check = (region: string, path: (string | number)[]) => {
      if (members.includes(region)) return;
      context.addIssue({ code: 'custom', path, message: `must be a Region of the access point (${list(members)}), got '${region}'` });
    };
    properties.ActiveRegions.forEach((region, index) => {
      check(region, ['ActiveRegions', index]);
      if (properties.ActiveRegions.indexOf(region) !== index) context.addIssue({ code: 'custom', path: ['ActiveRegions', index], message: `must not name a Region twice, got '${region}' again` });
    });
    if (namesRegion(properties.ActiveRegion)) check(properties.ActiveRegion, ['ActiveRegion']);
  });

export function parseRoutesProperties(properties: unknown): Parsed<WantedRoutes> {
  const parsed = schema.safeParse(properties);
  if (!parsed.success) return { ok: false, reason: parsed.error.issues.map((issue) => `'${pathText(issue.path)}' ${issue.message}`).join('; ') };

  const given: Omit<RoutesProperties, 'OnRedeploy'> & { readonly OnRedeploy: OnRedeployMode } = parsed.data;
  return {
    ok: true,
    value: {
      accessPoint: parseAccessPointArn(given.AccessPointArn)!,
      members: Object.keys(given.Buckets).sort(),
      activeRegions: given.ActiveRegions,
      activeRegion: namesRegion(given.ActiveRegion) ? given.ActiveRegion : undefined,
      switchId: given.SwitchId === '' ? undefined : given.SwitchId,
      onRedeploy: given.OnRedeploy,
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
  return { accessPointArn: read('AccessPointArn'), activeRegion: namesRegion(activeRegion) ? activeRegion : undefined, switchId: read('SwitchId') };
}

function namesRegion(value: string | undefined): value is string {
  return value !== undefined && value !== '' && value !== UNCHANGED;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`)).join('') || 'ResourceProperties';
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
