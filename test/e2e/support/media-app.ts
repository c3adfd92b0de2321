import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { AccessPointRoutes, FailoverSwitch, MultiRegionAccessPoint, MultiRegionBucket, OnRedeploy, Routing, type WhenLagging } from '../../../lib';

/** The prefix of all bucket names in these tests, and so the identity of the construct. */
export const PREFIX = 'e2e-media';

/** What one test changes about the application that all of them deploy. */
export interface MediaOptions {
  readonly regions: string[];
  readonly home: string;
  /** Default: not known at synthesis. */
  readonly account?: string;
  /** Default: the first Region is active. */
  readonly routing?: Routing;
  readonly onRedeploy?: OnRedeploy;
  readonly accessPointRegions?: string[];
  readonly acknowledgeReplacement?: string;
  /** Default: there is a switch. */
  readonly withSwitch?: boolean;
  /** Default: REFUSE. */
  readonly whenLagging?: WhenLagging;
  /** Adds a resource that cannot be created, after everything else of the construct. */
  readonly failsAtTheEnd?: boolean;
  /** Adds a second access point over all Regions. */
  readonly secondAccessPoint?: boolean;
  /** Changes the home stack's template before it is deployed. */
  readonly edit?: (template: any) => void;
  readonly prefix?: string;
  /** Default: Media. */
  readonly stack?: string;
  /** Changes every replication rule, so that their resources are updated. */
  readonly timeControl?: boolean;
}

/** Synthesizes the application into a folder of its own and answers with that folder. */
export function synthesizeMedia(options: MediaOptions): string {
  const outdir = mkdtempSync(join(tmpdir(), 's3-failover-e2e-'));
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, options.stack ?? 'Media', { env: { region: options.home, account: options.account } });
  const media = new MultiRegionBucket(stack, 'Media', {
    regions: options.regions,
    bucketNamePrefix: options.prefix ?? PREFIX,
    routing: options.routing,
    onRedeploy: options.onRedeploy,
    accessPointRegions: options.accessPointRegions,
    acknowledgeReplacement: options.acknowledgeReplacement,
    replication: options.timeControl ? { timeControl: true } : undefined,
  });
  if (options.withSwitch ?? true) new FailoverSwitch(stack, 'Switch', { bucket: media, whenLagging: options.whenLagging });
  if (options.secondAccessPoint) {
    const buckets = Object.fromEntries(options.regions.map((region) => [region, media.bucket(region)]));
    const second = new MultiRegionAccessPoint(stack, 'Second', { buckets });
    new AccessPointRoutes(stack, 'SecondRoutes', { accessPoint: second, routing: Routing.activePassive(options.regions[0]) });
  }
  if (options.failsAtTheEnd) {
    const doomed = new CfnResource(stack, 'Doomed', {
      type: 'AWS::IAM::Policy',
      properties: {
        PolicyName: 'doomed',
        Roles: ['a-role-that-does-not-exist'],
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }] },
      },
    });
    doomed.node.addDependency(media);
  }
  app.synth();
  if (options.edit) editTemplate(outdir, options.stack ?? 'Media', options.edit);
  return outdir;
}

function editTemplate(outdir: string, stackName: string, edit: (template: any) => void): void {
  const file = readdirSync(outdir).find((name) => name === `${stackName}.template.json`);
  if (!file) throw new Error(`no template of ${stackName} in ${outdir}`);
  const path = join(outdir, file);
  const template = JSON.parse(readFileSync(path, 'utf8'));
  edit(template);
  const text = JSON.stringify(template);
  writeFileSync(path, text);
  rename(outdir, stackName, createHash('sha256').update(text).digest('hex'));
}

/** The command does not upload what is there under its hash: an edited template needs one of its own. */
function rename(outdir: string, stackName: string, hash: string): void {
  const assets = join(outdir, `${stackName}.assets.json`);
  const { files } = JSON.parse(readFileSync(assets, 'utf8'));
  const [former] = Object.keys(files).filter((one) => files[one].source.path === `${stackName}.template.json`);
  for (const file of [assets, join(outdir, 'manifest.json')]) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(former, hash));
}
