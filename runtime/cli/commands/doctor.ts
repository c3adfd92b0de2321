import type { Command } from '../command';

export const doctor: Command = {
  name: 'doctor',
  summary: 'look for everything that would make a failover fail tonight, and say how to mend it',
  detail:
    'Tries what the caller may do with requests that the service must refuse, and reads how routes, buckets, replication, copies of the manifest and credentials are. ' +
    'Changes nothing. A Region that does not answer holds up no other; what could not be looked at is said, and is no pass.\n\n' +
    'Run it as the one who would have to act: permissions are those of the caller. ' +
    'Exit code 0: nothing was found. 5: warnings, or checks that could not be made. 3: something would make a failover or a switchover fail.',
  options: [{ flag: '--deep', summary: 'also look at a sample of objects in each bucket, for those that failed to replicate' }],
  examples: [
    { line: 's3-failover doctor --name /s3-failover/media', why: 'before it is needed, and after each deployment' },
    { line: 's3-failover doctor --manifest media.json --deep', why: 'with a kept manifest, and a look at objects' },
    { line: "s3-failover doctor --name /s3-failover/media --json | jq '.findings[] | select(.severity == \"fails\")'", why: 'for a script that runs each day' },
  ],
  timeoutSeconds: 60,
};
