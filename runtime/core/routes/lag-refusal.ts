import { FORCE_PREFIX } from '../../../lib/private/contract';
import type { BeforeSwitch, LagFinding } from '../lag/before-switch';
import type { Limits } from './endpoint';
import type { Outcome } from './outcome';
import type { RoutesPlan } from './plan';
import type { WantedRoutes } from './properties';

/** Whether the target has what the Regions hold that traffic leaves. */
export type LookAtLag = (
  wanted: WantedRoutes,
  move: { readonly from: readonly string[]; readonly to: string },
  limits: Limits,
) => Promise<BeforeSwitch>;

/** Says how far behind, as of when, and both ways to go on. */
export function refusedForLag({ wanted, to, stackName, sentence }: Extract<RoutesPlan, { kind: 'switch' }>, finding: LagFinding): Outcome {
  const { activeRegion, switchId } = wanted.parameterNames;
  const parameter = (name: string, value: string) => `--parameters ${stackName}:${name}=${value}`;
  const force = `${parameter(activeRegion, to)} ${parameter(switchId, `${FORCE_PREFIX}<anything new>`)}`;
  return {
    ok: false,
    reason: `${sentence}: refused, and traffic stays where it is: ${finding.sentence}; to leave behind what has not arrived, deploy with ${force}; to lose nothing, deploy again ${finding.when}`,
  };
}
