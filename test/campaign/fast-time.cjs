// Loaded into the operator's process alone: its waits and its monotonic clock run FAST_TIME times as fast, the time of day does not. An act that
// waits minutes for propagation is tried in seconds; what its code does between two waits stays as it is.
'use strict';
const factor = Number(process.env.FAST_TIME);
if (factor > 1) {
  const timers = require('node:timers');
  for (const name of ['setTimeout', 'setInterval']) {
    const real = globalThis[name];
    const fast = Object.assign((callback, ms, ...args) => real(callback, ms / factor, ...args), real);
    globalThis[name] = fast;
    timers[name] = fast;
  }
  const now = performance.now.bind(performance);
  performance.now = () => now() * factor;
  require('node:module').syncBuiltinESMExports();
}
