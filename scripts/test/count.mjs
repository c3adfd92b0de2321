import { readFile } from 'node:fs/promises';

/** Counts of one step: jest's own, or one for any other check. */
export async function countOf(step, ok, jestFile) {
  if (!step.jest) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  const report = await readFile(jestFile, 'utf8').then(JSON.parse, () => undefined);
  // jest that died before its report, or ran nothing, has proved nothing.
  if (!report || report.numTotalTests + report.numRuntimeErrorTestSuites === 0) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: ok ? failed : Math.max(1, failed), skipped: report.numPendingTests + report.numTodoTests };
}

/** The run's last line. */
export function summary(counts) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
