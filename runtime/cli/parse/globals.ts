import type { Option } from '../command';

/** What every verb accepts. */
export const GLOBAL_OPTIONS: readonly Option[] = [
  { flag: '--manifest', value: 'file', summary: 'read the manifest from a file made by export (S3_FAILOVER_MANIFEST)', completes: 'file' },
  { flag: '--name', value: 'parameter', summary: 'read the manifest from this SSM parameter, in whichever Region answers first (S3_FAILOVER_NAME)' },
  { flag: '--regions', value: 'list', summary: 'Regions in which the parameter is looked for, comma separated (S3_FAILOVER_REGIONS)', completes: 'region' },
  { flag: '--app', value: 'folder', summary: "learn the parameter's name and Regions from a cdk.out folder", completes: 'file' },
  { flag: '--outputs', value: 'file', summary: "learn the parameter's name from a file made by cdk deploy --outputs-file", completes: 'file' },
  { flag: '--profile', value: 'name', summary: 'profile of the AWS configuration files that gives the credentials' },
  { flag: '--region', value: 'region', summary: 'where calls go that have no Region of their own, such as asking who the caller is', completes: 'region' },
  { flag: '--timeout', value: 'seconds', summary: 'give up after so long; each verb has its own default' },
  { flag: '--yes', short: '-y', summary: 'answer every question with yes; needed where nobody can be asked' },
  { flag: '--dry-run', summary: 'show before and after, and change nothing' },
  { flag: '--json', summary: 'print the result as one JSON document, refusals and errors too' },
  { flag: '--no-color', summary: 'no colours; NO_COLOR does the same' },
  { flag: '--verbose', summary: 'say what is asked of AWS, and show where an error comes from' },
];
