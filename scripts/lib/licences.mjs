/** The licences of the packages that are built into the product, in one text. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Not built in, but shipped: an external package, and the fonts of reports. */
const SHIPPED_AS_FILES = [
  'better-sqlite3',
  '@expo-google-fonts/noto-sans-jp',
  '@expo-google-fonts/noto-sans-mono',
];

/**
 * @param {string} root
 * @returns {Promise<number>} of how many packages
 */
export async function writeLicences(root) {
  const folder = join(root, 'out', 'third-party');
  const lists = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const named = await Promise.all(
    lists.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))),
  );
  /** @type {string[]} */
  const names = [...new Set([...named.flat(), ...SHIPPED_AS_FILES])].sort();
  const texts = await Promise.all(names.map((name) => licenceOf(root, name)));
  const present = texts.filter((text) => text !== undefined);
  const head =
    'Yagura contains the following packages. Electron and Chromium have their own files beside this one.\n';
  await writeFile(join(folder, 'licences.txt'), [head, ...present].join(`\n${'-'.repeat(80)}\n`));
  return present.length;
}

/**
 * @param {string} root
 * @param {string} name
 * @returns {Promise<string | undefined>} undefined for what is no package (a virtual module of the builder)
 */
async function licenceOf(root, name) {
  const folder = join(root, 'node_modules', name);
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (manifest === undefined) return undefined;
  const { version, license } = JSON.parse(manifest);
  const files = (await readdir(folder)).filter((file) =>
    /^(licen[cs]e|copying|notice|ofl)([.-]|$)/i.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return [`${name} ${version}`, `Licence: ${license ?? 'see below'}`, '', ...texts].join('\n');
}
