/**
 * Makes the installers:
 *
 *   npm run package -- [linux|win|mac] [--dir] [--development-runtime]
 *
 * Without a system: this one. `--dir` stops at the folder that would be packed. `--development-runtime` packs the Electron
 * of the tests where the official one can't be had: for testing the packaging, never for users; its output says so.
 */
import './lib/node-version.mjs';
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { electronRuntime } from './electron-runtime.mjs';
import { buildIfStale } from './lib/build.mjs';
import { makeDeb, sizeOf, versionOf } from './lib/deb.mjs';
import { REPACK } from './lib/electron-repack.mjs';
import { writeLicences } from './lib/licences.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { capture, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { say, step } from './lib/steps.mjs';

const SYSTEMS = /** @type {const} */ (['linux', 'win', 'mac']);
/** @typedef {typeof SYSTEMS[number]} System */
/** @typedef {{ system: System, folderOnly: boolean, developmentRuntime: boolean }} Wish */

const DEVELOPMENT = 'development-runtime';
const BUILDER_TIMEOUT_MS = 900_000;

/** What the product reads at run time and a build that went half well may lack. */
const NEEDED = [
  'out/main/engine.js',
  'out/main/cli.js',
  'out/main/rules.json',
  'out/main/fonts/NotoSansJP_400Regular.ttf',
  'out/main/fonts/NotoSansMono_400Regular.ttf',
  'out/preload/index.cjs',
  'out/renderer/index.html',
  'resources/locales/ja',
  'resources/rules',
  'packaging/icons/icon.ico',
];

/**
 * @param {readonly string[]} args
 * @returns {Wish}
 */
function read(args) {
  const here = process.platform === 'win32' ? 'win' : process.platform === 'darwin' ? 'mac' : 'linux';
  const flags = new Set(args.filter((arg) => arg.startsWith('--')));
  const names = args.filter((arg) => !arg.startsWith('--'));
  const system = SYSTEMS.find((name) => name === (names[0] ?? here));
  const known = [...flags].every((flag) => flag === '--dir' || flag === `--${DEVELOPMENT}`);
  if (system === undefined || names.length > 1 || !known)
    throw new Problem(
      `Not understood: ${args.join(' ')}`,
      `Use: npm run package -- [${SYSTEMS.join('|')}] [--dir] [--${DEVELOPMENT}]`,
    );
  const developmentRuntime = flags.has(`--${DEVELOPMENT}`);
  if (developmentRuntime && system !== 'linux')
    throw new Problem(`--${DEVELOPMENT} is for Linux only.`, 'Leave it out.');
  return { system, folderOnly: flags.has('--dir'), developmentRuntime };
}

async function checkParts() {
  /** @type {string[]} */
  const lacking = [];
  for (const path of NEEDED)
    await access(join(root, path)).catch(() => {
      lacking.push(path);
    });
  if (lacking.length > 0)
    throw new Problem(`The build lacks ${lacking.join(', ')}.`, 'Run npm run build and see what it says.');
}

/**
 * @param {Wish} wish
 * @param {string} output
 */
async function runBuilder({ system, folderOnly, developmentRuntime }, output) {
  const args = [
    join(root, 'node_modules', 'electron-builder', 'cli.js'),
    `--${system}`,
    ...(folderOnly || developmentRuntime ? ['dir'] : []),
    '--config',
    join('packaging', 'electron-builder.yml'),
    '--publish',
    'never',
    `-c.directories.output=${output}`,
  ];
  if (developmentRuntime) {
    const electron = await electronRuntime();
    args.push(`-c.electronDist=${dirname(electron)}`, `-c.electronVersion=${REPACK.electron}`);
    // Tests attach to the program; a released one lets nobody.
    args.push('-c.electronFuses.enableNodeCliInspectArguments=true');
  }
  const { code, output: said } = await capture(ownNode(), args, {
    cwd: root,
    env: withOwnPrograms(root),
    timeoutMs: BUILDER_TIMEOUT_MS,
  });
  if (code === 0) return;
  const download =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|fetch failed|cannot resolve|Get "https/i.test(
      said,
    );
  throw new Problem(
    download ? 'A part of the packager could not be downloaded.' : 'electron-builder failed.',
    download
      ? 'Set ELECTRON_MIRROR (Electron) and ELECTRON_BUILDER_BINARIES_MIRROR (tools of the archives) to mirrors that this ' +
          'machine reaches, HTTPS_PROXY for a proxy, NODE_EXTRA_CA_CERTS for a company’s CA. ' +
          `To test the packaging without: npm run package -- linux --${DEVELOPMENT}`
      : 'Mend what it says above.',
    said.split('\n').slice(-25).join('\n'),
  );
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param {Wish} wish */
async function makePackages(wish) {
  await bootstrap();
  await buildIfStale(root);
  await checkParts();
  const packages = await step('Collecting licences', () => writeLicences(root));
  const output = wish.developmentRuntime ? join('dist', DEVELOPMENT) : 'dist';
  await rm(join(root, output), { recursive: true, force: true });
  await mkdir(join(root, output), { recursive: true });
  if (wish.developmentRuntime)
    say('  With the development runtime: for testing the packaging. Never give it to a user.');
  await step(`Packing for ${wish.system}`, () => runBuilder(wish, output), 'a minute or so');
  if (wish.system === 'linux') {
    const unpacked = join(root, output, process.arch === 'arm64' ? 'linux-arm64-unpacked' : 'linux-unpacked');
    if (!wish.folderOnly) {
      const version = await versionOf(root);
      await makeDeb({
        root,
        unpacked,
        output: join(root, output),
        version: wish.developmentRuntime ? `${version}+${DEVELOPMENT}` : version,
        quick: wish.developmentRuntime,
        arch: process.arch === 'arm64' ? 'arm64' : 'x64',
      });
    }
  }
  say(`  licences of ${packages} packages`);
  for (const entry of await readdir(join(root, output), { withFileTypes: true })) {
    const path = join(root, output, entry.name);
    if (entry.isDirectory()) say(`  ${path}  ${megabytes(await sizeOf(path))}`);
    else if (/\.(deb|AppImage|exe|msi|dmg|zip)$/.test(entry.name)) {
      const { size } = await import('node:fs/promises').then(({ stat }) => stat(path));
      say(`  ${path}  ${megabytes(size)}`);
    }
  }
  return 0;
}

await runMain(() => makePackages(read(process.argv.slice(2))));
