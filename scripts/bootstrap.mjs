/**
 * Makes a checkout ready to run: packages and our own Node. Needs nothing but Node ≥ 20 and npm.
 *
 *   node scripts/bootstrap.mjs                     get ready
 *   node scripts/bootstrap.mjs --then COMMAND…     and run a command with the project's programs on the path
 */
import './lib/node-version.mjs';
import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lib/lock.mjs';
import { installPackages, packagesReady } from './lib/packages.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { cacheFolder, root as ownRoot } from './lib/project.mjs';
import { step } from './lib/steps.mjs';

/**
 * @param {{ root?: string, env?: NodeJS.ProcessEnv }} [options]
 * @throws {Problem}
 */
export async function bootstrap({ root = ownRoot, env = process.env } = {}) {
  const place = { root, env };
  if (await packagesReady(place)) return;
  // The lock lies where the packages really are: two checkouts may share them by a link.
  const packages = await realpath(join(root, 'node_modules')).catch(() => join(root, 'node_modules'));
  await withLock(join(cacheFolder(dirname(packages)), 'install.lock'), async () => {
    if (await packagesReady(place)) return; // the one we waited for did it
    await step('Installing packages and Node for the engine', () => installPackages(place), 'about a minute');
  });
}

async function main() {
  const [flag, command, ...args] = process.argv.slice(2);
  if (flag !== undefined && (flag !== '--then' || command === undefined))
    throw new Problem(`Unknown argument ${flag}.`, 'Use: node scripts/bootstrap.mjs [--then COMMAND…]');
  await bootstrap();
  if (command === undefined) return 0;
  return handOver(command, args, { cwd: ownRoot, env: withOwnPrograms(ownRoot) });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(main);
