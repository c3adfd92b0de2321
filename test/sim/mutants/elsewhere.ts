/** A guard that no simulated danger puts to the test, and the test that does. */
export interface Elsewhere {
  readonly guard: string;
  readonly why: string;
  /** Under `test/runtime/core`: where it is tried, and words of the test's title. */
  readonly test: string;
  readonly title: string;
}

export const ELSEWHERE: readonly Elsewhere[] = [
  { guard: "an impaired Region's own endpoint does not decide", why: 'killed in an earlier world; no seed was found again in this one', test: 'controller/tick.test.ts', title: 'is left although its voter and its control endpoint died with it' },
  { guard: 'what has landed late is repaired once', why: 'killed in an earlier world; no seed was found again in this one', test: 'controller/tick.test.ts', title: 'over what a person did since is repaired, once' },
  { guard: 'reports are read and judged again after the claim', why: 'the time-out of the claim and the deadline of the act stand before it: 1 of 200 seeds told them apart, and none since the world draws otherwise', test: 'controller/act.test.ts', title: 'fails when the Region is well again once the epoch is had' },
  { guard: 'only voters decide', why: 'no deployment of the world takes a voter away', test: 'controller/decide.test.ts', title: 'who asks is no voter' },
  { guard: 'nothing is done while nothing is active', why: 'the service refuses such routes, and so does the world', test: 'controller/decide.test.ts', title: 'nothing is active' },
  { guard: 'of several active Regions none is left', why: 'no person of the world makes two active', test: 'controller/decide.test.ts', title: 'two Regions are active' },
  { guard: "the target is not down to its own observer", why: 'a Region that serves the voters serves its clients in the world', test: 'controller/decide.test.ts', title: 'the next Region is ill to its own observer' },
  { guard: "a word of the Region's own observer stands from its first sight", why: 'where voters alone are cut off from a Region whose observer is between two runs, no invariant judges; the noisy days of `npm run promise -- noise` do', test: 'controller/decide.test.ts', title: 'its own observer has not been seen to move yet' },
  { guard: 'maxDataLoss: a lag that is not known, or too long, holds', why: 'no schedule sets it', test: 'controller/decide.test.ts', title: 'the lag is not known and matters' },
  { guard: 'nothing goes back to a Region that is not well', why: 'the lag of an ill Region cannot be read, and without it nothing is drained', test: 'controller/decide.test.ts', title: 'a better Region is drained, and ill' },
  { guard: 'of the living voters the first alone goes back', why: 'the condition of the claim stands behind it: two that go back at once write one epoch', test: 'controller/decide.test.ts', title: 'a better Region is drained, for the second voter' },
  { guard: 'live routes are believed when they were seen twice', why: 'a second look and the condition of the claim guard the same moment: none of 200 seeds told them apart', test: 'controller/decide.test.ts', title: 'live routes differ in one look' },
  { guard: 'a finish that sent nothing leaves the act unended', why: 'without it the act is taken back and decided anew, which none of 200 seeds showed to harm anybody', test: 'controller/tick.test.ts', title: 'stays to be finished where each endpoint turns it away' },
  { guard: 'a later process of one observer ends the earlier', why: 'two processes cost twice as much and decide no worse', test: 'controller/tick.test.ts', title: 'that come twice at once leave one' },
  { guard: "a brake's end holds five minutes longer than it says", why: 'nobody in the world puts a brake on for a time', test: 'controller/decide.test.ts', title: 'the brake ended a moment ago' },
  { guard: 'no plan is sent without an active Region, or that leaves a member out', why: 'the controller never makes one', test: 'routes/change.property.test.ts', title: 'whatever the endpoints do, a submit is sound' },
  { guard: 'two different changes are never in doubt at once', why: 'an act of the controller wants one thing from beginning to end', test: 'routes/change.test.ts', title: 'a different change is never sent while one is in doubt' },
  { guard: 'an accepted change is read back', why: 'an endpoint of the world that says yes has done it', test: 'routes/change.test.ts', title: 'an accepted change that no endpoint shows is not more than accepted' },
];
