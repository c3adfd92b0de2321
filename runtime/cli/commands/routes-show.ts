import type { Command } from '../command';

export const routesShow: Command = {
  name: 'routes show',
  summary: 'show the routes as each control endpoint has them',
  detail:
    'Asks all five control endpoints at once. Routes are what was submitted last; traffic follows within about two minutes. ' +
    'Where endpoints disagree, each view is shown with who holds it. Changes nothing.',
  examples: [
    { line: 's3-failover routes show --manifest media.json', why: 'which Regions are active, and whether the endpoints agree' },
    { line: "s3-failover routes show --manifest media.json --json | jq -r '.routes[] | select(.active) | .region'", why: 'the active Regions, for a script' },
  ],
  timeoutSeconds: 20,
};
