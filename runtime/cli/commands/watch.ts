import type { Command } from '../command';

export const watch: Command = {
  name: 'watch',
  summary: 'show the same as status, live',
  detail:
    'Redraws in place on a terminal. Elsewhere it prints how things stand and then a line for each change, and with --json a document for each: ' +
    'the one verb that prints more than one. How far replication is behind is looked up once a minute, as S3 publishes it. Ends with Ctrl-C, or after --timeout.',
  options: [{ flag: '--every', value: 'seconds', summary: 'how long to wait between two looks, 2 to 3600', default: '5' }],
  examples: [
    { line: 's3-failover watch --manifest media.json', why: 'until Ctrl-C' },
    { line: 's3-failover watch --manifest media.json --every 30 --timeout 3600 >> changes.log', why: 'an hour of changes, one line each' },
  ],
  timeoutSeconds: 0,
  streams: true,
};
