import { CONTROL_REGIONS as ROUTE_ENDPOINTS } from '../../../lib/private/contract';

/** Regions with a role in the simulated estate; a Region may have several. */
export interface Layout {
  /** Data Regions in failover order. */
  readonly data: readonly string[];
  /** Voters and replicas of the table. */
  readonly control: readonly string[];
  /** Regions that take route calls. */
  readonly endpoints: readonly string[];
  /** Where clients stand. */
  readonly edges: readonly string[];
  /** Where a person sits. */
  readonly desk: string;
  /** All of the above, once each. */
  readonly places: readonly string[];
}

export const CONTROL = ['us-east-1', 'us-east-2', 'us-west-2'] as const;

export function layoutOf(data: readonly string[]): Layout {
  const edges = ['edge-america', 'edge-europe', 'edge-asia'];
  const desk = 'desk';
  return {
    data,
    control: CONTROL,
    endpoints: ROUTE_ENDPOINTS,
    edges,
    desk,
    places: [...new Set([...data, ...CONTROL, ...ROUTE_ENDPOINTS, ...edges, desk])],
  };
}
