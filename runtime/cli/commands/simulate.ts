import type { Command } from '../command';

export const simulate: Command = {
  name: 'simulate',
  summary: 'replay an incident through a policy, and show what the controller would have done',
  detail:
    'Reads a file of probe results and decides with the code that the controller runs: what each observer remembers, the votes, the target, the cool-down. Shows each change of its mind with its time and its sentence. ' +
    'Asks nothing of AWS but the manifest, and nothing where --policy names a file. It tries the judgement alone: reports arrive at once, the table never fails, routes are as intended, and an act is done when it is decided.\n\n' +
    'The file is CSV with the columns time, observer, region, result and, if wanted, reason; or JSON with the same names. docs/simulate.md has both.',
  arguments: [{ name: 'file', summary: 'probe results, CSV or JSON', required: true, completes: 'file' }],
  options: [
    { flag: '--policy', value: 'file', summary: "settings of a policy as JSON, in place of the manifest's; several times to compare", many: true, completes: 'file' },
    { flag: '--active', value: 'region', summary: 'Region that has the traffic at the beginning; the first of the order, if left out', completes: 'region' },
    { flag: '--lag', value: 'duration', summary: "how far every target is taken to be behind, for a policy with 'maxDataLoss'; not known, if left out" },
    { flag: '--interval', value: 'duration', summary: "in place of the policy's 'interval'" },
    { flag: '--unhealthy-for', value: 'duration', summary: "in place of the policy's 'unhealthyFor'" },
    { flag: '--disputed-for', value: 'duration', summary: "in place of the policy's 'disputedFor'" },
    { flag: '--cool-down', value: 'duration', summary: "in place of the policy's 'coolDown'" },
  ],
  examples: [
    { line: 's3-failover simulate incident.csv --manifest media.json', why: "through the deployed controller's policy" },
    { line: 's3-failover simulate incident.csv --policy calm.json --policy quick.json', why: 'two policies beside each other' },
    { line: 's3-failover simulate incident.csv --manifest media.json --unhealthy-for 30s', why: 'what a shorter window would have done' },
  ],
};
