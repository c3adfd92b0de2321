import type { Command } from '../command';

export const status: Command = {
  name: 'status',
  summary: 'show where traffic goes, and how each Region and control endpoint does',
  detail:
    'Asks every control endpoint, bucket and Region at once: routes, a signed request to each bucket, how far replication is behind, ' +
    'fences, quarantines, and who else is at work. Waits for nothing longer than a few seconds, and says what it could not learn. ' +
    'Needs no CloudFormation, no Lambda and no home Region. Changes nothing.',
  examples: [
    { line: 's3-failover status --manifest media.json', why: 'with a manifest that was exported before' },
    { line: 's3-failover status --name /s3-failover/media', why: 'with the manifest from whichever Region answers' },
    { line: "s3-failover status --manifest media.json --json | jq -r '.active[]'", why: 'the active Regions, for a script' },
  ],
  timeoutSeconds: 20,
};
