import type { Command } from '../command';

/** Where an interrupted comparison is kept unless the person says otherwise. */
export const STATE_FOLDER = 's3-failover-reconcile';

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'find what two Regions do not both hold, and end a quarantine when they owe each other nothing',
  detail:
    'Lists every version in both buckets, delete markers included, and looks again at what one of them seems to lack: what is on its way, ' +
    'what S3 has given up on, what was removed or never replicated, keys that read differently, open uploads, and writes that were ' +
    'acknowledged in one Region and overtaken in another (kept as noncurrent versions, not lost). By default each quarantined Region ' +
    'against each active one; without a quarantine, every Region against the active ones.\n\n' +
    'Takes little memory however large the buckets are. An interrupted run goes on with --resume. Nothing is changed in what the buckets hold; ' +
    'a run that is complete and clean ends the quarantine and leaves a watermark in both buckets, from which the next one looks. ' +
    'An incomplete comparison is never called clean.\n\n' +
    'Exit code 0: clean, or nothing that replication owes. 3: there are differences, and a quarantined Region stays so. 1: incomplete.',
  arguments: [{ name: 'region', summary: 'compare this Region with each active one', completes: 'region' }],
  options: [
    { flag: '--between', value: 'a,b', summary: 'compare these two Regions', completes: 'region' },
    { flag: '--all-pairs', summary: 'compare every two Regions' },
    { flag: '--since', value: 'time', summary: 'only versions written since, such as 2026-11-24T03:00:00Z; ends no quarantine, as nobody has verified the older ones' },
    { flag: '--full', summary: 'use no watermark: every version counts, however old' },
    { flag: '--prefix', value: 'prefix', summary: 'only keys that begin with it; ends no quarantine' },
    { flag: '--cut-off', value: 'time', summary: 'since when writes may have been cut off, for finding what was superseded (an hour before the last failover, if left out)' },
    { flag: '--csv', value: 'file', summary: 'write every finding to a file, a line each', completes: 'file' },
    { flag: '--batch-manifest', value: 'file', summary: 'write manifests for S3 Batch Replication, one per source Region, whose name goes before the ending', completes: 'file' },
    { flag: '--wait', summary: 'wait until what is on its way has arrived' },
    { flag: '--resume', summary: 'go on with an interrupted comparison' },
    { flag: '--state', value: 'folder', summary: 'folder in which a comparison is kept until it is complete', default: STATE_FOLDER, completes: 'file' },
    { flag: '--parallel', value: 'ranges', summary: 'key ranges that are listed at once, where a former listing has cut them', default: '8' },
  ],
  examples: [
    { line: 's3-failover reconcile --manifest media.json', why: 'after a failover, when the Region that was left is back' },
    { line: 's3-failover reconcile us-east-1 --manifest media.json', why: 'the same for one Region, quarantined or not' },
    { line: 's3-failover reconcile --manifest media.json --wait --csv found.csv --batch-manifest missing.csv', why: 'wait for what is on its way, and keep everything that was found' },
    { line: 's3-failover reconcile --manifest media.json --resume', why: 'go on after Ctrl-C or a reboot' },
    { line: "s3-failover reconcile --manifest media.json --json | jq '.pairs[].missing'", why: 'what is missing, for a script' },
  ],
  timeoutSeconds: 0,
};
