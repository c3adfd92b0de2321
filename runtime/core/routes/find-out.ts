import type { AccessPoint } from './access-point';
import type { ControlEndpoint } from './endpoint';

/** What a person runs to see live routes: at an endpoint that answered, and not at one whose last word was lost. */
export function findOutCommand(
  accessPoint: AccessPoint,
  endpoints: readonly ControlEndpoint[],
  answered: readonly string[],
  doubted: readonly string[],
): string {
  const all = endpoints.map((endpoint) => endpoint.region);
  const region = answered.find((one) => !doubted.includes(one)) ?? all.find((one) => !doubted.includes(one)) ?? all[0];
  return `aws s3control get-multi-region-access-point-routes --account-id ${accessPoint.account} --mrap ${accessPoint.arn} --region ${region}`;
}
