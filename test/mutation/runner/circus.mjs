import { expect } from 'expect';
import * as circus from "jest-circus";
import { ModuleMocker } from 'jest-mock';

const { addEventHandler, afterAll, afterEach, beforeAll, beforeEach, describe, getState, it, resetState, run, test } = circus;

/** What jest gives to a test file. */
const mocks = new ModuleMocker(globalThis);
const jest = { fn: mocks.fn.bind(mocks), spyOn: mocks.spyOn.bind(mocks), setTimeout: (milliseconds) => void (getState().testTimeout = milliseconds) };
Object.assign(globalThis, { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, jest });

let listener;
addEventHandler((event) => {
  if (event.name === 'test_start') listener?.starts(event.test, fullName(event.test));
  if (event.name === 'test_done' || event.name === 'test_skip') listener?.ends(event.test, fullName(event.test));
});

/** Errors that nobody caught. Node ends a process for them; here they fail the file in which they came. */
const loose = new Map();
process.on('uncaughtException', (error) => loose.set(error, error));
process.on('unhandledRejection', (error, promise) => loose.set(promise, error));
process.on('rejectionHandled', (promise) => loose.delete(promise));

/**
 * Runs one file of tests with the test functions that jest has, without jest's own world around it. `load` evaluates the file,
 * `starts` may set a test's mode to 'skip', and `ends` sees its errors. Answers with what failed outside of any test.
 */
export async function runFile({ load, loaded, starts, ends }) {
  resetState();
  loose.clear();
  listener = { starts, ends };
  try {
    load();
    loaded();
    const { unhandledErrors } = await run();
    return [...unhandledErrors, ...[...loose.values()].map(String)];
  } finally {
    listener = undefined;
  }
}

function fullName(node) {
  const names = [];
  for (let at = node; at.parent; at = at.parent) names.unshift(at.name);
  return names.join(' ');
}
