import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The checkout this script belongs to. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/**
 * What the scripts keep between runs. Beside node_modules, not in it: `npm ci` empties that folder.
 * @param {string} [of] the checkout
 */
export const cacheFolder = (of = root) => join(of, '.cache');

/**
 * The Node that the engine, the tests and the tools run on (a package, so that its version is ours to choose).
 * @param {string} [of] the checkout
 */
export const ownNode = (of = root) =>
  join(of, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
