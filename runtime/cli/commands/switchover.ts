import type { Command } from '../command';
import { FORCE, WHY, WITHOUT_REGISTER } from './act-options';

export const switchover: Command = {
  name: 'switchover',
  summary: 'move all traffic to a Region, planned, so that nothing is lost',
  detail:
    "For a Region that works. Refuses clients' writes to the Region that it leaves (the fence), waits until the target has every version, changes the routes, sees writes land in the target, keeps the fence " +
    "until routes have spread, lifts it, and looks once more. 'Nothing lost' is said only where all of that was seen. The plan shows the outage for writes that it expects; the result the one that it measured.\n\n" +
    'A drain that does not come to its end in time is refused, and the fence lifted. A fence lapses by itself within three minutes when the tool dies or loses its network; the same command again finishes what was begun, or undoes it.\n\n' +
    "Where the Region that it leaves does not answer, it is refused: 'failover' is for that.",
  arguments: [{ name: 'region', summary: 'Region that takes the traffic', required: true, completes: 'region' }],
  options: [
    {
      flag: '--drain',
      value: 'level',
      summary: "how it is known that the target has everything: 'listing' compares every version of both buckets, 'metrics' goes by what S3 publishes, which is best effort and takes some minutes more",
      choices: ['listing', 'metrics'],
      default: 'listing',
    },
    { flag: '--wait', value: 'duration', summary: 'how long the drain may take once writes are refused, such as 90s or 10min; a minute for listing, eight for metrics, if left out' },
    { flag: '--no-fence', summary: 'refuse no writes: those made to one key in both Regions while routes spread may supersede each other' },
    FORCE,
    WITHOUT_REGISTER,
    WHY,
  ],
  examples: [
    { line: 's3-failover switchover eu-west-1 --manifest media.json', why: 'shows the plan, and asks' },
    { line: 's3-failover switchover eu-west-1 --manifest media.json --dry-run', why: 'what it would do, and what it finds; changes nothing' },
    { line: "s3-failover switchover eu-west-1 --manifest media.json --yes --json --wait 10min --why 'patching'", why: 'from a script; exit code 3 where a check says no' },
  ],
  asks: true,
  timeoutSeconds: 0,
};
