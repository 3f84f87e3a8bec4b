/** What the operating system has to bring. On Debian as root it is installed, elsewhere named. */
import { access, chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Problem } from './problem.mjs';
import { capture } from './processes.mjs';
import { step } from './steps.mjs';

/**
 * A need, how to see that it is met, and the Debian package that meets it (the newer name first: libraries were renamed
 * with 64-bit time).
 * @typedef {{ library?: string, program?: string, font?: string, packages: readonly string[] }} Need
 */

/** @type {readonly Need[]} */
const ELECTRON = [
  { library: 'libgtk-3.so.0', packages: ['libgtk-3-0t64', 'libgtk-3-0'] },
  { library: 'libnss3.so', packages: ['libnss3'] },
  { library: 'libasound.so.2', packages: ['libasound2t64', 'libasound2'] },
  { library: 'libgbm.so.1', packages: ['libgbm1'] },
];

/** @type {readonly Need[]} */
const TESTS = [
  { program: 'Xvfb', packages: ['xvfb'] },
  { program: 'xauth', packages: ['xauth'] },
  { font: 'Noto Sans CJK JP', packages: ['fonts-noto-cjk'] },
  { program: 'rg', packages: ['ripgrep'] },
  { program: 'pdftotext', packages: ['poppler-utils'] },
];

/**
 * Programs that Yagura is tried against. CI has them all; a test elsewhere is skipped and says what to install
 * (test/programs.ts), so that nobody has to put servers on their desk to run the rest.
 * @type {readonly Need[]}
 */
const COUNTERPARTS = [
  { program: 'rsyslogd', packages: ['rsyslog'] },
  { library: 'rsyslog/lmnsd_ossl.so', packages: ['rsyslog-openssl'] },
  { program: 'openssl', packages: ['openssl'] },
  { program: 'sshd', packages: ['openssh-server'] },
  { program: 'ssh', packages: ['openssh-client'] },
  { program: 'nginx', packages: ['nginx-light', 'nginx'] },
  { program: 'zstd', packages: ['zstd'] },
];

/** @type {Record<'electron' | 'tests' | 'counterparts', readonly Need[]>} */
export const NEEDS = { electron: ELECTRON, tests: [...ELECTRON, ...TESTS], counterparts: COUNTERPARTS };

/** Servers live where a user's PATH often does not lead. */
const PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

const LIBRARY_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/lib64',
];
const FONT_FOLDERS = [
  '/usr/share/fonts/opentype/noto',
  '/usr/share/fonts/noto-cjk',
  '/usr/share/fonts/google-noto-cjk',
];
const POLICY = '/usr/sbin/policy-rc.d';

/** @param {readonly string[]} paths */
const anyExists = async (paths) => {
  const found = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
};

/** @param {Need} need */
async function isMet({ library, program, font }) {
  if (library !== undefined) return anyExists(LIBRARY_FOLDERS.map((folder) => join(folder, library)));
  if (program !== undefined)
    return anyExists(
      [...(process.env['PATH'] ?? '').split(delimiter), ...PROGRAM_FOLDERS].map((folder) =>
        join(folder, program),
      ),
    );
  if (font !== undefined)
    return anyExists(FONT_FOLDERS.map((folder) => join(folder, 'NotoSansCJK-Regular.ttc')));
  return true;
}

/**
 * @param {readonly Need[]} needs
 * @returns {Promise<Need[]>}
 */
export async function missing(needs) {
  const met = await Promise.all(needs.map(isMet));
  return needs.filter((_, index) => !met[index]);
}

/** @param {string} osRelease text of /etc/os-release */
export const isDebian = (osRelease) => /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(osRelease);

/**
 * The name each package has in this release.
 * @param {readonly Need[]} needs
 */
async function packageNames(needs) {
  return Promise.all(
    needs.map(async ({ packages }) => {
      for (const name of packages) {
        const { stdout } = await capture('apt-cache', ['show', '--no-all-versions', name]);
        if (stdout.startsWith('Package:')) return name;
      }
      return packages.at(-1) ?? '';
    }),
  );
}

/** @param {readonly string[]} args */
async function apt(args) {
  const { code, output } = await capture('apt-get', [...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (code === 0) return;
  throw new Problem(
    `apt-get ${args[0] ?? ''} failed.`,
    'Read what it says above; with the network back, run the same command again.',
    output.split('\n').slice(-15).join('\n'),
  );
}

/**
 * Installing must not start a service: a policy refuses while it lasts, unless the machine has its own.
 * @param {() => Promise<void>} work
 */
async function withoutStartingServices(work) {
  const ours = await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { flag: 'wx' }).then(
    () => true,
    () => false,
  );
  if (ours) await chmod(POLICY, 0o755);
  try {
    await work();
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
}

/**
 * @param {keyof typeof NEEDS} purpose
 * @throws {Problem} with the command to run, where it is not ours to install
 */
export async function provideSystemPackages(purpose) {
  if (process.platform !== 'linux') return;
  const needs = await missing(NEEDS[purpose]);
  if (needs.length === 0) return;
  const debian = isDebian(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const wanted = needs.map(({ library, program, font }) => library ?? program ?? font).join(', ');
  if (!debian)
    throw new Problem(
      `This system lacks: ${wanted}.`,
      `Install what brings them (on Debian: ${needs.map(({ packages }) => packages.at(-1)).join(' ')}) and run the same command again.`,
    );
  if (process.getuid?.() !== 0)
    throw new Problem(
      `This system lacks: ${wanted}.`,
      `Run: sudo apt-get install -y ${(await packageNames(needs)).join(' ')}`,
    );
  await step(`Installing system packages for ${wanted}`, () =>
    withoutStartingServices(async () => {
      await apt(['update', '-qq']);
      await apt(['install', '-y', '-qq', '--no-install-recommends', ...(await packageNames(needs))]);
    }),
  );
}
