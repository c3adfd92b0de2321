import { readFile } from 'node:fs/promises';

/** Counts of one step: of its test runner's own tests, or one for any other check. */
export async function countOf(step, ok, { jestFile, output }) {
  if (step.kind === 'jest') return countOfReport(ok, await readFile(jestFile, 'utf8').then(JSON.parse, () => undefined));
  if (step.kind === 'node') return countOfClosingLines(ok, output);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/** jest that died before its report, or ran nothing, has proved nothing. */
function countOfReport(ok, report) {
  if (!report || report.numTotalTests + report.numRuntimeErrorTestSuites === 0) return { passed: 0, failed: 1, skipped: 0 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: ok ? failed : Math.max(1, failed), skipped: report.numPendingTests + report.numTodoTests };
}

function countOfClosingLines(ok, output) {
  const sum = (...names) => names.reduce((total, name) => total + Number(new RegExp(`^ℹ ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0), 0);
  const passed = sum('pass');
  const failed = sum('fail', 'cancelled');
  return { passed, failed: ok && passed > 0 ? failed : Math.max(1, failed), skipped: sum('skipped', 'todo') };
}

/** The run's last line. */
export function summary(counts) {
  const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
