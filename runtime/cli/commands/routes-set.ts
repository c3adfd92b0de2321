import type { Command } from '../command';
import { FORCE, PROOF, WHY, WITHOUT_REGISTER } from './act-options';

export const routesSet: Command = {
  name: 'routes set',
  summary: 'set every Region of the access point to active or passive',
  detail:
    'Names all Regions, and leaves at least one active; what is missing or strange is refused with the full line to type. The routes are compared once more before they are sent, and proven afterwards. ' +
    "Nothing is drained, fenced or quarantined: to move traffic, 'switchover' and 'failover' do more. For layouts with several active Regions this is the way.",
  arguments: [{ name: 'routes', summary: 'region=active or region=passive, each Region once', required: true, many: true, completes: 'region' }],
  options: [WHY, FORCE, WITHOUT_REGISTER, PROOF],
  examples: [
    { line: 's3-failover routes set us-east-1=active eu-west-1=passive --manifest media.json', why: 'one active Region' },
    { line: 's3-failover routes set us-east-1=active eu-west-1=active --manifest media.json', why: 'each client writes to the Region nearest to it' },
  ],
  asks: true,
  timeoutSeconds: 300,
};
