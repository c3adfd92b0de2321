import type { Command } from '../command';

export const drill: Command = {
  name: 'drill',
  summary: 'rehearse a failover in production: there and back, measured by a client',
  detail:
    'Writes and reads a little through the access point, switches over to the Region as planned (fence, drain, proof), goes on for a while, and switches back when the way back is ' +
    'open. Prints how long writes will be refused before it asks, and afterwards how long they were; measures recovery time and recovery point. Stops at the first thing that should ' +
    'not be, and restores what was. Asks once, for there and back.\n\n' +
    'Its objects lie under .s3-failover/drill/ and are removed at the end. Applications meet two short write outages.',
  arguments: [{ name: 'region', summary: 'Region to go to; left out: the first that would take over', completes: 'region' }],
  options: [
    { flag: '--html', value: 'file', summary: 'write the report as one page, with its timeline', completes: 'file' },
    { flag: '--steady', value: 'seconds', summary: 'how long traffic runs undisturbed before, between and after the switches, 5 to 3600', default: '30' },
    { flag: '--drain', value: 'level', summary: 'how it is known that nothing is missing: by listing all versions, or by metrics', choices: ['listing', 'metrics'], default: 'listing' },
    { flag: '--wait', value: 'seconds', summary: 'how long each drain may take once writes are refused' },
    { flag: '--most-outage', value: 'seconds', summary: 'give a switch up when writes have failed for so long, 30 to 3600', default: '600' },
    { flag: '--why', value: 'text', summary: 'reason, for the history' },
  ],
  examples: [
    { line: 's3-failover drill us-west-2 --manifest media.json --html drill.html', why: 'shows what it expects, and asks' },
    { line: "s3-failover drill --manifest media.json --yes --json --why 'quarterly drill'", why: 'from a script; exit code 1 where something was not as it should be' },
  ],
  asks: true,
  timeoutSeconds: 3_600,
};
