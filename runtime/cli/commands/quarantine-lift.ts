import type { Command } from '../command';

export const quarantineLift: Command = {
  name: 'quarantine lift',
  summary: 'let a Region be a target again that a forced failover left',
  detail:
    "A Region that was left in a hurry may hold versions that no other has, and lack those that were written since. 'reconcile' compares, and lifts the quarantine when nothing is missing; " +
    'this lifts it on the word of a person, compares nothing, and leaves a record of who said so and why.',
  arguments: [{ name: 'region', summary: 'Region whose quarantine ends', required: true, completes: 'region' }],
  options: [{ flag: '--why', value: 'text', summary: 'reason, for the history' }],
  examples: [{ line: "s3-failover quarantine lift us-east-1 --why 'compared by hand, ticket 4711' --manifest media.json", why: 'without reconcile' }],
  asks: true,
};
