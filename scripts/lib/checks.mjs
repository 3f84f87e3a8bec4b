/** The checks that need no build: layout, lint, imports, types, unit tests. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { capture, withOwnPrograms } from './processes.mjs';
import { cacheFolder, ownNode, root } from './project.mjs';
import { say } from './steps.mjs';

const TIMEOUT_MS = 600_000;

/**
 * @typedef {{ name: string, program: string, args: readonly string[] }} Check
 * @typedef {{ name: string, code: number, seconds: number }} Result
 */

/** @type {Check} */
const format = {
  name: 'format',
  program: 'prettier/bin/prettier.cjs',
  args: ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'],
};
/** @type {Check} */
const lint = {
  name: 'lint',
  program: 'eslint/bin/eslint.js',
  // By content: a fresh checkout touches every file.
  args: [
    '.',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-strategy',
    'content',
    '--cache-location',
    '.cache/eslint/',
  ],
};
/** @type {Check} */
const imports = {
  name: 'imports',
  program: 'dependency-cruiser/bin/dependency-cruiser.mjs',
  args: ['--config', '.dependency-cruiser.mjs', 'src-main', 'src-preload', 'src-renderer'],
};
/** @type {Check} */
const types = { name: 'types', program: '../scripts/check-types.mjs', args: [] };

/** Two lanes for two cores, about equally long; in a fresh checkout lint takes as long as types and layout. */
const LANES = [[lint], [types, format, imports]];

/**
 * @param {Check} check
 * @returns {Promise<Result>}
 */
async function runCheck({ name, program, args }) {
  const start = performance.now();
  const { code, output } = await capture(ownNode(), [join(root, 'node_modules', program), ...args], {
    cwd: root,
    env: { ...withOwnPrograms(root), FORCE_COLOR: process.stderr.isTTY ? '1' : '0' },
    timeoutMs: TIMEOUT_MS,
  });
  const seconds = (performance.now() - start) / 1_000;
  say(`${code === 0 ? '✓' : '✗'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s`);
  if (code !== 0) say(output.trimEnd());
  return { name, code, seconds };
}

/**
 * @param {{ stopAtFirst: boolean }} options
 * @returns {Promise<Result[]>}
 */
export async function runChecks({ stopAtFirst }) {
  await mkdir(cacheFolder(), { recursive: true });
  /** @type {Result[]} */
  const results = [];
  const lanes = LANES.map(async (lane) => {
    for (const check of lane) {
      if (stopAtFirst && results.some(({ code }) => code !== 0)) return;
      results.push(await runCheck(check));
    }
  });
  await Promise.all(lanes);
  return results;
}

/** @param {string} part */
export const reportPath = (part) => join(cacheFolder(), 'test-results', `${part}.json`);

/**
 * The arguments of one vitest run that shows its results and writes its report.
 * @param {string} part
 * @param {readonly string[]} args
 * @returns {Promise<string[]>}
 */
export async function vitestArguments(part, args) {
  const report = reportPath(part);
  await rm(report, { force: true });
  const config = part === 'unit' ? 'vitest.config.ts' : `vitest.${part}.config.ts`;
  return [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    ...['--config', config, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ...args,
  ];
}
