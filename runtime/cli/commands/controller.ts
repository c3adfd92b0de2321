import type { Command } from '../command';

const ALONE = 'Without a controller nothing moves traffic by itself: it says so, changes nothing, and the exit code is 0, since what was asked for is so.';

export const pause: Command = {
  name: 'pause',
  summary: 'keep the controller from moving traffic',
  detail: `The brake: it goes on watching and reporting, and moves nothing until it is released or the time is over. Verbs of a person say who put it on, and go ahead with --force. ${ALONE}`,
  options: [
    { flag: '--why', value: 'text', summary: 'reason, shown to whoever meets the brake' },
    { flag: '--for', value: 'duration', summary: 'release by itself after so long: 30min, 2h, 1d; without it, when resume says so' },
  ],
  examples: [{ line: "s3-failover pause --for 2h --why 'maintenance of the network in us-east-1' --manifest media.json", why: 'for two hours at most' }],
};

export const resume: Command = {
  name: 'resume',
  summary: 'let the controller move traffic again',
  detail: `Releases the brake of pause. ${ALONE}`,
  examples: [{ line: 's3-failover resume --manifest media.json', why: 'when the maintenance is over' }],
};

export const exclude: Command = {
  name: 'exclude',
  summary: 'keep the controller from choosing a Region',
  detail: `Traffic that is in the Region stays there. A failover of a person to an excluded Region needs --force. ${ALONE}`,
  arguments: [{ name: 'region', summary: 'Region that is no target', required: true, completes: 'region' }],
  options: [{ flag: '--why', value: 'text', summary: 'reason, shown to whoever wants the Region as a target' }],
  examples: [{ line: "s3-failover exclude us-west-2 --why 'the application is not deployed there yet' --manifest media.json", why: 'until include' }],
};

export const include: Command = {
  name: 'include',
  summary: 'let the controller choose a Region again',
  detail: `Ends what exclude began; a quarantine stays. ${ALONE}`,
  arguments: [{ name: 'region', summary: 'Region that may be a target again', required: true, completes: 'region' }],
  examples: [{ line: 's3-failover include us-west-2 --manifest media.json', why: 'when the application is there' }],
};
