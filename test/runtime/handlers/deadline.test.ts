import { deadlineFrom } from '../../../runtime/handlers/deadline';
import { VirtualClock } from '../support/virtual-clock';

const remaining = (seconds: number) => ({ getRemainingTimeInMillis: () => seconds * 1000 });
const deadline = (seconds: number, setting?: string) => deadlineFrom(remaining(seconds), new VirtualClock(), { S3_FAILOVER_TIMEOUT_SECONDS: setting }) / 1000;

test.each<[name: string, remaining: number, setting: string | undefined, deadline: number]>([
  ['what Lambda has left, less a margin', 840, undefined, 825],
  ['the setting when it is shorter', 840, '300', 285],
  ['what Lambda has left when that is shorter', 120, '300', 105],
  ['at least half of a short time', 20, undefined, 10],
  ['Lambda alone when the setting is empty', 840, '', 825],
])('the deadline is %s', (_, left, setting, expected) => {
  expect(deadline(left, setting)).toBe(expected);
});

test.each(['soon', '0', '-5'])("fails when the setting is '%s'", (setting) => {
  expect(() => deadline(840, setting)).toThrow(new RegExp(`'S3_FAILOVER_TIMEOUT_SECONDS' must be a number of seconds above 0, got '${setting}'`));
});
