import type { Option } from '../command';

/** What the verbs share that move traffic. */
export const WHY: Option = { flag: '--why', value: 'text', summary: 'reason, for the history and for who is at work beside you' };
export const FORCE: Option = { flag: '--force', summary: 'go ahead although a check says no; each one is still shown, and recorded' };
export const WITHOUT_REGISTER: Option = {
  flag: '--without-register',
  summary: "go on where the controller's register cannot be read in any control Region: the controller may move traffic at the same time; where it can be read, it is claimed all the same",
};
export const PROOF: Option = {
  flag: '--proof',
  value: 'level',
  summary: "how sure to be before it ends: 'read-back' of the routes (then the exit code is 5), or writes seen to be 'served'",
  choices: ['read-back', 'served'],
  default: 'served',
};
