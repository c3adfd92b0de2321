import type { Command } from '../command';

export const history: Command = {
  name: 'history',
  summary: 'show who moved traffic, when, from where, to where and why',
  detail:
    'Each act leaves a record in every data Region that answers. They are read from all Regions side by side and told once each; any Region may be gone, and it says which did not answer. ' +
    'A console or a script that is none of ours leaves no record. Changes nothing.',
  options: [
    { flag: '--limit', value: 'acts', summary: 'the newest so many', default: '20' },
    { flag: '--long', summary: 'all that is known of each act' },
  ],
  examples: [
    { line: 's3-failover history --manifest media.json --limit 5', why: 'the last five acts' },
    { line: "s3-failover history --manifest media.json --json | jq '.acts[] | select(.planned | not)'", why: 'forced ones, for a script' },
  ],
  timeoutSeconds: 30,
};
