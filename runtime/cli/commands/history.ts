import type { Command } from '../command';

export const history: Command = {
  name: 'history',
  summary: 'show who moved traffic, when, why, and how it ended',
  detail:
    'Each act is written down in every data Region that can be reached, so that it can be read when any of them is gone. ' +
    'What several Regions hold is shown once, the newest first. Acts of others than this command, by the API or the console, are not in it. Changes nothing.',
  options: [{ flag: '--most', value: 'acts', summary: 'how many acts to show, 1 to 1000', default: '20' }],
  examples: [
    { line: 's3-failover history --manifest media.json', why: 'the last acts' },
    { line: "s3-failover history --manifest media.json --json --most 1 | jq '.acts[0].outcome'", why: 'how the last act ended, for a script' },
  ],
  timeoutSeconds: 30,
};
