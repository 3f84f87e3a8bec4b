/** Installs the packages of package-lock.json, or finds that they are there. */
import { access, lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capture, withOwnPrograms } from './processes.mjs';
import { Problem } from './problem.mjs';
import { cacheFolder, ownNode } from './project.mjs';

/** npm older than this runs every package's install script: it does not know `allowScripts`. */
const NPM_WITH_ALLOW_SCRIPTS = [11, 19];
const NODE_TIMEOUT_MS = 20_000;
const LOG_LINES_SHOWN = 20;
/** Two more tries within seconds: npm's own patience is over a minute before it says that there is no network. */
const RETRIES = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000'];

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ root: string, env: NodeJS.ProcessEnv }} Place */

/** @param {string} path */
const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * @param {string} path of a lock file
 * @returns {Promise<Record<string, LockedPackage> | undefined>} its packages by folder; undefined if unreadable
 */
async function lockedPackages(path) {
  try {
    const { '': _project, ...packages } = JSON.parse(await readFile(path, 'utf8')).packages;
    return packages;
  } catch {
    return undefined;
  }
}

/**
 * The record of a finished install: the lock file it was made from, kept inside node_modules so that it goes away
 * with the packages.
 * @param {string} root
 */
const recordPath = (root) => join(root, 'node_modules', '.yagura-packages.json');

/** @param {string} root */
async function wantedRecord(root) {
  const lock = await readFile(join(root, 'package-lock.json'), 'utf8').catch(() => {
    throw new Problem(
      'package-lock.json is missing.',
      'Take it back from git: git checkout package-lock.json',
    );
  });
  const { fingerprint } = await import('./fingerprint.mjs');
  const hash = await fingerprint(root, ['package-lock.json']);
  return { text: JSON.stringify({ lock: hash, platform: `${process.platform}-${process.arch}` }), lock };
}

/**
 * Are all packages that the project names itself in their folders? Cheap enough for every start.
 * @param {string} root
 */
async function directPackagesPresent(root) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const found = await Promise.all(
    names.map((name) => exists(join(root, 'node_modules', ...name.split('/'), 'package.json'))),
  );
  return found.every(Boolean);
}

/**
 * Did somebody install these very packages by hand? npm writes its own record last, so that it is missing or differs
 * after half an install.
 * @param {string} root
 */
async function installedByHand(root) {
  const wanted = await lockedPackages(join(root, 'package-lock.json'));
  const present = await lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  for (const [folder, { version, optional }] of Object.entries(wanted)) {
    const there = present[folder];
    if (there === undefined ? !optional : there.version !== version) return false;
    if (there !== undefined && !(await exists(join(root, folder, 'package.json')))) return false;
  }
  return true;
}

/**
 * @param {string} root
 * @returns {Promise<string>} the version that package.json asks for
 */
async function wantedNode(root) {
  return JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).devDependencies.node;
}

/** @param {string} root */
async function ownNodeRuns(root) {
  const { code, stdout } = await capture(ownNode(root), ['--version'], { timeoutMs: NODE_TIMEOUT_MS });
  return code === 0 && stdout.trim() === `v${await wantedNode(root)}`;
}

/**
 * @param {Place} place
 * @returns {Promise<boolean>} whether everything is installed; quick, and needs no network
 */
export async function packagesReady({ root }) {
  const { text } = await wantedRecord(root);
  const record = await readFile(recordPath(root), 'utf8').catch(() => undefined);
  if (record === text) return (await directPackagesPresent(root)) && (await ownNodeRuns(root));
  if (!(await installedByHand(root)) || !(await ownNodeRuns(root))) return false;
  await writeFile(recordPath(root), text);
  return true;
}

/**
 * npm as it was called, else the one on the path.
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, first: string[], shell: boolean }}
 */
export function npmCommand(env) {
  const script = env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return { command: process.execPath, first: [script], shell: false };
  return { command: 'npm', first: [], shell: process.platform === 'win32' };
}

/**
 * @param {Place} place
 * @param {readonly string[]} args
 */
export function npm({ root, env }, args) {
  const { command, first, shell } = npmCommand(env);
  // Said explicitly, since `npm --silent test` hands its silence down and a failure would have no reason.
  return capture(command, [...first, ...args, ...RETRIES, '--loglevel=warn'], { cwd: root, env, shell });
}

/**
 * What npm says without the pages about engines: it runs under the machine's Node, the packages under our own.
 * @param {string} output
 */
export function withoutEngineWarnings(output) {
  const lines = output.split('\n');
  let inWarning = false;
  const kept = lines.filter((line) => {
    if (/EBADENGINE/.test(line)) {
      inWarning = true;
      return false;
    }
    inWarning =
      inWarning && /^npm warn /.test(line) && /^npm warn\s+(package|required|current|\})/.test(line);
    return !inWarning && !/^npm warn deprecated /.test(line);
  });
  return kept.join('\n').trim();
}

const NETWORK_ERROR =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b|network request to .* failed/i;

/**
 * @param {string} output of npm
 * @param {string} what was attempted
 * @returns {Problem}
 */
export function npmProblem(output, what) {
  const shown = withoutEngineWarnings(output).split('\n').slice(-LOG_LINES_SHOWN).join('\n');
  if (NETWORK_ERROR.test(output))
    return new Problem(
      `${what}: the package registry cannot be reached.`,
      'Check the network and the proxy (`npm config get registry`, `npm config get proxy`), then run the same command again. ' +
        'Nothing has to be undone first.',
      shown.split('\n').find((line) => /FetchError|getaddrinfo|request to/.test(line)),
    );
  if (/\bE(401|403)\b/.test(output))
    return new Problem(
      `${what}: the package registry refused.`,
      'Log in to it (`npm login`) and run the same command again.',
      shown,
    );
  if (/\bENOSPC\b/.test(output))
    return new Problem(
      `${what}: the disk is full.`,
      'Make room (about 2 GB) and run the same command again.',
      shown,
    );
  if (/\b(EACCES|EPERM|EROFS)\b/.test(output))
    return new Problem(
      `${what}: not allowed to write in this folder.`,
      'Run it as the owner of the checkout.',
      shown,
    );
  return new Problem(`${what} failed.`, 'Read what npm says above, then run the same command again.', shown);
}

/** @param {string} version as npm prints it */
export function knowsAllowScripts(version) {
  const [major = 0, minor = 0] = version.trim().split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = NPM_WITH_ALLOW_SCRIPTS;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/**
 * @param {Place} place
 * @throws {Problem} if npm cannot be found
 */
async function npmVersion(place) {
  const { code, stdout } = await npm(place, ['--version']);
  if (code !== 0)
    throw new Problem(
      'npm was not found.',
      'Install Node with npm (they come together) and run the same command again.',
    );
  return stdout;
}

/**
 * Installs everything anew and makes sure that our own Node runs. Whatever was there before is replaced, so that half
 * an install is repaired by the same steps.
 * @param {Place} place
 * @throws {Problem}
 */
export async function installPackages(place) {
  const { root } = place;
  const folder = join(root, 'node_modules');
  const link = await lstat(folder).catch(() => undefined);
  if (link?.isSymbolicLink())
    throw new Problem(
      `The packages are missing or stale, and node_modules is a link to ${await realpath(folder).catch(() => 'nowhere')}.`,
      'Remove the link, or install in the folder it points at.',
    );
  const version = await npmVersion(place);
  await rm(recordPath(root), { force: true });
  const scripts = knowsAllowScripts(version) ? [] : ['--ignore-scripts'];
  const what = 'Installing packages';
  const { code, output } = await npm(place, ['ci', '--no-audit', '--no-fund', '--no-progress', ...scripts]);
  await mkdir(cacheFolder(root), { recursive: true });
  await writeFile(join(cacheFolder(root), 'npm-ci.log'), output);
  if (code !== 0) throw npmProblem(output, what);
  if (!(await ownNodeRuns(root))) await installOwnNode(place);
  const { text } = await wantedRecord(root);
  await writeFile(recordPath(root), text);
}

/**
 * The package `node` fetches its binary in an install script; older npm versions were told to run none.
 * @param {Place} place
 * @throws {Problem}
 */
async function installOwnNode(place) {
  const { root } = place;
  const { code, output } = await npm(place, [
    'rebuild',
    'node',
    '--ignore-scripts=false',
    '--foreground-scripts',
  ]);
  if (code !== 0) throw npmProblem(output, 'Installing Node for the engine');
  if (await ownNodeRuns(root)) return;
  const { output: said } = await capture(ownNode(root), ['--version'], {
    timeoutMs: NODE_TIMEOUT_MS,
    env: withOwnPrograms(root, place.env),
  });
  throw new Problem(
    `Node ${await wantedNode(root)}, which the engine runs on, was installed but does not run here.`,
    'Its system must be older or other than that Node supports; see the message above.',
    said,
  );
}
