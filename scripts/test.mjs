/**
 * `npm test`: everything that proves Yagura works, from nothing but a checkout.
 *
 *   npm test                            checks, unit, end to end, crash, package
 *   npm test -- unit|e2e|crash|package [FILE…]  one part, or some files of it
 *
 * The last line adds up all runs: N passed, N failed, N skipped.
 */
import './lib/node-version.mjs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { electronRuntime } from './electron-runtime.mjs';
import { buildIfStale } from './lib/build.mjs';
import { reportPath, runChecks, vitestArguments } from './lib/checks.mjs';
import { explain, Problem, runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { say, seconds } from './lib/steps.mjs';
import { provideSystemPackages } from './lib/system-packages.mjs';
import { NOTHING, readRun, sum, summaryLine, verdict } from './lib/test-report.mjs';

/** @typedef {import('./lib/test-report.mjs').Counts} Counts */

/** The packages are for Linux, where the development runtime is; elsewhere CI makes the real ones. */
const PARTS = ['unit', 'e2e', 'crash', ...(process.platform === 'linux' ? ['package'] : [])];
/** A run that hangs is ended and counted as failed, so that the report comes before CI's own limit. */
const PART_TIMEOUT_MS = 12 * 60_000;
const SCREEN = '-screen 0 1600x1000x24';
const TIMED_OUT = 124;

/** @param {string} program */
async function onPath(program) {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/**
 * One vitest run. Windows open on a screen of their own, so that a developer's is left alone.
 * @param {string} part
 * @param {readonly string[]} filters
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Counts>}
 */
async function runPart(part, filters, env) {
  const start = performance.now();
  say(`… ${part} tests`);
  const vitest = [ownNode(), ...(await vitestArguments(part, filters))];
  const needsScreen =
    ['e2e', 'package'].includes(part) && process.platform === 'linux' && (await onPath('xvfb-run'));
  const [command = '', ...args] = needsScreen ? ['xvfb-run', '-a', '-s', SCREEN, ...vitest] : vitest;
  const code = await handOver(command, args, { cwd: root, env, timeoutMs: PART_TIMEOUT_MS });
  if (code === TIMED_OUT)
    say(`✗ ${part} tests took longer than ${PART_TIMEOUT_MS / 60_000} minutes and were ended`);
  const counts = await readRun(reportPath(part), code);
  say(`${counts.failed === 0 ? '✓' : '✗'} ${part} tests: ${summaryLine(counts)}  ${seconds(start)}`);
  return counts;
}

/**
 * @param {readonly string[]} parts
 * @returns {Promise<NodeJS.ProcessEnv>} what the tests find in their environment
 */
async function prepare(parts) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...withOwnPrograms(root), YAGURA_NODE: ownNode() };
  if (parts.includes('e2e') || parts.includes('package')) env['ELECTRON_EXEC_PATH'] = await electronRuntime();
  else await bootstrap();
  await provideSystemPackages('tests');
  return env;
}

/**
 * A check that found something counts as one failure.
 * @returns {Promise<Counts>}
 */
async function checksAsCounts() {
  const results = await runChecks({ stopAtFirst: false });
  return { ...NOTHING, failed: results.filter(({ code }) => code !== 0).length };
}

/** @param {readonly string[]} args */
async function main(args) {
  const start = performance.now();
  const [part, ...filters] = args;
  if (part !== undefined && !PARTS.includes(part))
    throw new Problem(`There is no part ${part}.`, `Use: npm test -- ${PARTS.join('|')} [FILE…]`);
  const parts = part === undefined ? PARTS : [part];
  /** @type {Counts[]} */
  const runs = [];
  try {
    const env = await prepare(parts);
    if (part === undefined) runs.push(await checksAsCounts());
    if (parts.includes('unit')) runs.push(await runPart('unit', filters, env));
    if (parts.some((name) => name !== 'unit')) await buildIfStale(root);
    for (const name of parts.filter((name) => name !== 'unit')) runs.push(await runPart(name, filters, env));
  } catch (error) {
    explain(error);
    runs.push({ ...NOTHING, failed: 1 });
  }
  const counts = sum(runs);
  const ci = Boolean(process.env['CI']);
  say(`  in ${seconds(start)}`);
  if (ci && counts.skipped > 0) say('✗ In CI a skipped test is a failed test.');
  process.stdout.write(`${summaryLine(counts)}\n`);
  return verdict(counts, { ci });
}

await runMain(() => main(process.argv.slice(2)));
