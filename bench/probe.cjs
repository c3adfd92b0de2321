'use strict';
// Loaded before an app: says at its exit what the whole process has used.
const { writeSync } = require('node:fs');

process.once('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1000, memoryMiB: maxRSS / 1024 }));
});
