/** Builds the app when what it is built from has changed. */
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { withLock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { capture, withOwnPrograms } from './processes.mjs';
import { cacheFolder, ownNode } from './project.mjs';
import { say, step } from './steps.mjs';

/** What the build reads. Resources count because screens take their words from the locales. */
const SOURCES = [
  'src-main',
  'src-preload',
  'src-renderer',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'tsconfig.web.json',
  'package.json',
  'package-lock.json',
];

/** What a finished build has; a record without them is of a folder that somebody tidied. */
const OUTPUTS = [
  'out/main/app.js',
  'out/main/engine.js',
  'out/main/cli.js',
  'out/main/rules.json',
  'out/main/threads/line-worker.js',
  'out/main/threads/log-writer.js',
  'out/main/threads/reader.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];

const BUILD_TIMEOUT_MS = 300_000;

/** @param {string} root */
const recordPath = (root) => join(root, 'out', '.built-from');

/**
 * @param {string} root
 * @returns {Promise<string[]>}
 */
async function missingOutputs(root) {
  const present = await Promise.all(
    OUTPUTS.map((path) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return OUTPUTS.filter((_, index) => !present[index]);
}

/**
 * @param {string} root
 * @returns {Promise<boolean>}
 */
export async function isBuilt(root) {
  const record = await readFile(recordPath(root), 'utf8').catch(() => undefined);
  if (record === undefined || record !== (await fingerprint(root, SOURCES))) return false;
  return (await missingOutputs(root)).length === 0;
}

/**
 * @param {string} root
 * @param {{ showOutput?: boolean }} [options]
 * @throws {Problem} with what the bundler says
 */
export async function build(root, { showOutput = false } = {}) {
  await rm(recordPath(root), { force: true });
  const from = await fingerprint(root, SOURCES);
  await step('Building', async () => {
    const { code, output } = await capture(
      ownNode(root),
      [join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'],
      { cwd: root, env: withOwnPrograms(root), timeoutMs: BUILD_TIMEOUT_MS },
    );
    if (code !== 0) throw new Problem('The build failed.', 'Mend what it says above.', output);
    if (showOutput) say(output.trimEnd());
    const lacking = await missingOutputs(root);
    if (lacking.length > 0)
      throw new Problem(
        `The build lacks ${lacking.join(', ')}.`,
        'See the entries in electron.vite.config.ts.',
      );
  });
  // Of the sources as they were at the start: what was saved meanwhile is for the next build.
  await mkdir(join(root, 'out'), { recursive: true });
  await writeFile(recordPath(root), from);
}

/**
 * @param {string} root
 * @throws {Problem}
 */
export async function buildIfStale(root) {
  if (await isBuilt(root)) return;
  await withLock(join(cacheFolder(root), 'build.lock'), async () => {
    if (!(await isBuilt(root))) await build(root);
  });
}
