import { CONTROL_REGIONS } from '../../../../lib/private/contract';
import { routesWith, type Routes } from '../../routes/routes';
import type { Estate } from '../estate';

/** A dead endpoint is given up after seconds, and not after the minutes that the AWS CLI would wait. */
const PATIENCE = '--cli-connect-timeout 5 --cli-read-timeout 10';

/** One command of the card, as it is typed. */
export interface CardCommand {
  /** Region of the control endpoint, or of the bucket. */
  readonly at: string;
  readonly line: string;
}

/** Who takes the traffic after one of the commands; each of them does the same at another endpoint. */
export interface CardTarget {
  readonly active: readonly string[];
  readonly commands: readonly CardCommand[];
}

export interface CardCommands {
  /** What makes the AWS CLI send each command once, and print at once. */
  readonly settings: string;
  readonly caller: string;
  readonly alive: readonly CardCommand[];
  readonly read: readonly CardCommand[];
  readonly targets: readonly CardTarget[];
}

/**
 * Plain commands of the AWS CLI for everything that a person needs who has nothing else. Every Region stands in each submit, with
 * one key: what is left out would keep its state.
 */
export function cardCommands(estate: Estate): CardCommands {
  const { members, regions, buckets, accessPoint, manifest } = estate;
  const single = members.map((region) => [region]);
  const targets = manifest.routing.mode === 'latency' ? [[...manifest.routing.regions], ...single] : single;
  return {
    settings: 'export AWS_MAX_ATTEMPTS=1 AWS_PAGER=""',
    caller: `aws sts get-caller-identity --region ${regions[0]} ${PATIENCE}`,
    alive: regions.map((region) => ({
      at: region,
      line: `aws s3api head-bucket --region ${region} --bucket ${buckets[region]} --expected-bucket-owner ${accessPoint.account} ${PATIENCE}`,
    })),
    read: CONTROL_REGIONS.map((endpoint) => ({ at: endpoint, line: `aws s3control get-multi-region-access-point-routes ${addressed(estate, endpoint)}` })),
    targets: targets.map((active) => ({
      active,
      commands: CONTROL_REGIONS.map((endpoint) => ({
        at: endpoint,
        line: `aws s3control submit-multi-region-access-point-routes ${addressed(estate, endpoint)} --route-updates ${updates(routesWith(active, members))}`,
      })),
    })),
  };
}

function addressed({ accessPoint }: Estate, endpoint: string): string {
  return `--region ${endpoint} --account-id ${accessPoint.account} --mrap ${accessPoint.arn} ${PATIENCE}`;
}

function updates(routes: Routes): string {
  return routes.map(({ region, dial }) => `Region=${region},TrafficDialPercentage=${dial}`).join(' ');
}
