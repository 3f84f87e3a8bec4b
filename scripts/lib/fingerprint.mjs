import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * @param {string} path
 * @returns {Promise<string>} sha256 of a file of any size, in hex
 */
export async function fileHash(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/**
 * @param {string} root
 * @param {string} path relative
 * @returns {Promise<string[]>} the file itself or all files below, sorted
 */
async function filesAt(root, path) {
  const found = await stat(join(root, path)).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = (await readdir(join(root, path))).sort();
  return (await Promise.all(names.map((name) => filesAt(root, `${path}/${name}`)))).flat();
}

/**
 * One hash over the names and contents of files and folders: what a result was made from. By content, not by time,
 * since a fresh checkout touches every file.
 * @param {string} root
 * @param {readonly string[]} paths relative to root; missing ones count as absent
 * @returns {Promise<string>}
 */
export async function fingerprint(root, paths) {
  const files = (await Promise.all(paths.map((path) => filesAt(root, path)))).flat();
  const hash = createHash('sha256');
  for (const file of files) {
    const text = await readFile(join(root, file));
    hash.update(`${file}\0${text.length}\0`).update(text);
  }
  return hash.digest('hex');
}
