import type { Command } from '../command';

export const exportManifest: Command = {
  name: 'export',
  summary: 'write the manifest to a file, to be kept outside AWS',
  detail:
    'With the file every verb works while no Region gives the manifest: keep it where you look at three in the morning, and make it anew after each deployment that changes Regions or buckets. ' +
    'It names account, access point and buckets; it holds no secret. ' +
    'A file that is there already is replaced when it is an older manifest of the same access point, else only with --force.',
  arguments: [{ name: 'file', summary: "where to write; '-' is standard output (default: <bucket name prefix>.s3-failover.json)", completes: 'file' }],
  options: [{ flag: '--force', summary: 'replace whatever is in the file' }],
  examples: [
    { line: 's3-failover export media.json --name /s3-failover/media', why: 'from whichever Region answers' },
    { line: 's3-failover export --app cdk.out', why: 'with name and Regions from the synthesized app' },
  ],
  timeoutSeconds: 30,
};
