/** Adds up what the test runs report. */
import { readFile } from 'node:fs/promises';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @type {Counts} */
export const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/**
 * Counts one run. What fails outside of a test (a file that does not load, an error nobody caught, a run that ended
 * before its report) counts as one failure, so that no sum can look better than its run.
 * @param {any} report vitest's JSON report; undefined if there is none
 * @param {number} exitCode of the run
 * @returns {Counts}
 */
export function countRun(report, exitCode) {
  if (report === undefined) return { ...NOTHING, failed: 1 };
  const passed = report.numPassedTests ?? 0;
  const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
  /** @type {{ status: string, assertionResults: readonly { status: string }[] }[]} */
  const files = report.testResults ?? [];
  const failedFiles = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = (report.numFailedTests ?? 0) + failedFiles.length;
  const ranNothing = passed + failed + skipped === 0;
  return { passed, skipped, failed: failed === 0 && (exitCode !== 0 || ranNothing) ? 1 : failed };
}

/**
 * @param {string} path of a JSON report
 * @param {number} exitCode
 * @returns {Promise<Counts>}
 */
export async function readRun(path, exitCode) {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return countRun(undefined, exitCode);
  try {
    return countRun(JSON.parse(text), exitCode);
  } catch {
    return countRun(undefined, exitCode);
  }
}

/**
 * @param {readonly Counts[]} runs
 * @returns {Counts}
 */
export const sum = (runs) =>
  runs.reduce(
    (all, run) => ({
      passed: all.passed + run.passed,
      failed: all.failed + run.failed,
      skipped: all.skipped + run.skipped,
    }),
    NOTHING,
  );

/** @param {Counts} counts */
export const summaryLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * @param {Counts} counts
 * @param {{ ci: boolean }} where in CI nobody reads that a test was skipped, so it counts as failed
 * @returns {number} exit code
 */
export const verdict = ({ passed, failed, skipped }, { ci }) =>
  failed > 0 || passed === 0 || (ci && skipped > 0) ? 1 : 0;
