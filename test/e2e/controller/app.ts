import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { FailoverController, FailoverSwitch, MultiRegionBucket, Routing } from '../../../lib';

/** The prefix of all names, and the controller's. */
export const NAME = 'e2e-guarded';
/** In the order in which they take over. */
export const ORDER = ['eu-west-1', 'eu-central-1'];
/** In the order in which they act. Two hold data as well, as an application's may. */
export const VOTERS = ['eu-central-1', 'eu-west-2', 'eu-west-1'];
/** Holds neither data nor a voter. */
export const HOME = 'eu-west-3';
/** Stack in the home Region. */
export const HOME_STACK = 'Guarded';
export const REGIONS = [...new Set([...ORDER, ...VOTERS, HOME])];
/** The shortest that the construct takes. */
export const INTERVAL_MS = 2_000;
export const UNHEALTHY_FOR_MS = 7_000;

/** Synthesizes an application whose traffic is moved by itself, as fast as the construct allows, or is so no more, and answers with the folder. */
export function synthesizeGuarded(isControlled = true): string {
  const outdir = mkdtempSync(join(tmpdir(), 's3-failover-guarded-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, HOME_STACK, { env: { region: HOME } });
  const bucket = new MultiRegionBucket(stack, 'Media', { regions: ORDER, bucketNamePrefix: NAME, routing: Routing.failoverOrder(ORDER) });
  new FailoverSwitch(stack, 'Switch', { bucket });
  if (isControlled) {
    new FailoverController(stack, 'Controller', {
      bucket,
      controlRegions: VOTERS,
      interval: Duration.millis(INTERVAL_MS),
      probeTimeout: Duration.seconds(1),
      unhealthyFor: Duration.millis(UNHEALTHY_FOR_MS),
      coolDown: Duration.seconds(160),
    });
  }
  app.synth();
  return outdir;
}
