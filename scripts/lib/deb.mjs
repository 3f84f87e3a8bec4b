/** A Debian package out of an unpacked Yagura, by dpkg-deb. */
import {
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { NEEDS } from './system-packages.mjs';
import { Problem } from './problem.mjs';
import { capture } from './processes.mjs';
import { step } from './steps.mjs';

const PROGRAM = 'usr/lib/yagura';
const ARCHITECTURES = /** @type {const} */ ({ x64: 'amd64', arm64: 'arm64' });

/**
 * @typedef {object} DebOptions
 * @property {string} root the checkout
 * @property {string} unpacked folder that electron-builder made
 * @property {string} output folder that the package goes to
 * @property {string} version of Yagura
 * @property {'x64' | 'arm64'} arch
 * @property {boolean} quick large and quickly made, for tests
 */

/**
 * @param {DebOptions} options
 * @returns {Promise<string>} path of the package
 * @throws {Problem}
 */
export async function makeDeb({ root, unpacked, output, version, arch, quick }) {
  const tree = await mkdtemp(join(tmpdir(), 'yagura-deb-'));
  try {
    const architecture = ARCHITECTURES[arch];
    const file = join(output, `yagura_${version}_${architecture}.deb`);
    await step('Laying out the .deb', () => layOut({ root, unpacked, tree, version, architecture }));
    await step(
      'Packing the .deb',
      async () => {
        const { code, output: said } = await capture('dpkg-deb', [
          '--root-owner-group',
          ...(quick ? ['-Zgzip', '-z1'] : ['-Zxz']),
          '--build',
          tree,
          file,
        ]);
        if (code !== 0)
          throw new Problem(
            'dpkg-deb failed.',
            'It comes with the package dpkg; is the disk full? Use --dir for the folder alone.',
            said,
          );
      },
      'most of a minute',
    );
    return file;
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

/** @param {{ root: string, unpacked: string, tree: string, version: string, architecture: string }} options */
async function layOut({ root, unpacked, tree, version, architecture }) {
  const program = join(tree, PROGRAM);
  const from = join(root, 'packaging', 'linux');
  const documents = join(tree, 'usr/share/doc/yagura');
  const folders = ['usr/bin', 'usr/share/applications', 'usr/share/doc/yagura', 'etc/apparmor.d', 'DEBIAN'];
  for (const folder of folders) await mkdir(join(tree, folder), { recursive: true });
  await cp(unpacked, program, { recursive: true, verbatimSymlinks: true });
  await plainModes(program);
  await chmod(join(program, 'bin', 'yagura'), 0o755);
  await symlink('../lib/yagura/bin/yagura', join(tree, 'usr/bin/yagura'));
  await symlink('../lib/yagura/yagura-desktop', join(tree, 'usr/bin/yagura-desktop'));
  await cp(join(from, 'yagura.desktop'), join(tree, 'usr/share/applications/yagura.desktop'));
  await cp(join(from, 'apparmor'), join(tree, 'etc/apparmor.d/yagura'));
  await cp(join(from, 'copyright'), join(documents, 'copyright'));
  const day = new Date().toUTCString().replace('GMT', '+0000');
  const changes = `yagura (${version}) stable; urgency=low\n\n  * Release ${version}.\n\n -- Yagura <yagura@localhost>  ${day}\n`;
  await writeFile(join(documents, 'changelog.gz'), gzipSync(changes, { level: 9 }));
  for (const icon of await readdir(join(root, 'packaging', 'icons'))) {
    const size = /^(\d+x\d+)\.png$/.exec(icon)?.[1];
    if (size === undefined) continue;
    const folder = join(tree, 'usr/share/icons/hicolor', size, 'apps');
    await mkdir(folder, { recursive: true });
    await cp(join(root, 'packaging', 'icons', icon), join(folder, 'yagura.png'));
  }
  await plainModes(join(tree, 'usr/share'));
  await plainModes(join(tree, 'etc'));
  const kilobytes = Math.ceil((await sizeOf(tree)) / 1024);
  await writeFile(join(tree, 'DEBIAN/control'), control(version, architecture, kilobytes));
  await writeFile(join(tree, 'DEBIAN/conffiles'), '/etc/apparmor.d/yagura\n');
  for (const script of ['postinst', 'postrm'])
    await cp(join(from, script), join(tree, 'DEBIAN', script)).then(() =>
      chmod(join(tree, 'DEBIAN', script), 0o755),
    );
}

/**
 * @param {string} version
 * @param {string} architecture
 * @param {number} kilobytes
 */
function control(version, architecture, kilobytes) {
  const depends = NEEDS.electron.map(({ packages }) => packages.join(' | ')).join(', ');
  return `Package: yagura
Version: ${version}
Architecture: ${architecture}
Maintainer: Yagura <yagura@localhost>
Installed-Size: ${kilobytes}
Depends: ${depends}
Recommends: fonts-noto-cjk, xdg-utils
Section: admin
Priority: optional
Description: operations console for trading desks
 Watches this machine and its logs, finds attacks in them, and says in one
 sentence whether something needs you. Works offline and sends nothing anywhere.
 In a window (yagura-desktop) or in the terminal (yagura --help).
`;
}

/**
 * As a package has them, whatever the umask of who builds: programs stay programs, nobody but root writes.
 * @param {string} folder
 */
async function plainModes(folder) {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await plainModes(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o111) === 0 ? 0o644 : 0o755);
  }
}

/**
 * @param {string} folder
 * @returns {Promise<number>} bytes
 */
export async function sizeOf(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

/** @param {string} root */
export async function versionOf(root) {
  return String(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version);
}
