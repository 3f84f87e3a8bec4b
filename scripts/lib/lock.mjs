import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { say } from './steps.mjs';

const LOOK_AGAIN_MS = 200;
/** Between creating the lock file and writing the process number into it there is a moment; an empty file this old is debris. */
const EMPTY_IS_DEBRIS_MS = 5_000;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * @param {string} path
 * @returns {Promise<number | undefined>} the process that holds the lock; 0 if one is just taking it; undefined if nobody does
 */
async function holder(path) {
  try {
    const text = await readFile(path, 'utf8');
    const pid = Number.parseInt(text, 10);
    if (Number.isNaN(pid)) {
      const { mtimeMs } = await stat(path);
      return Date.now() - mtimeMs < EMPTY_IS_DEBRIS_MS ? 0 : undefined;
    }
    return isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Does something while no other process of this checkout does; waits for its turn, and takes over from one that died.
 * @template T
 * @param {string} path the lock file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  for (let said = false; ;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const pid = await holder(path);
    if (pid === undefined) {
      // Moved aside before it is removed: of two that find the same debris only one succeeds.
      const debris = `${path}.${process.pid}`;
      await rename(path, debris).catch(() => undefined);
      await rm(debris, { force: true });
      continue;
    }
    if (!said && pid !== 0) say(`… Waiting for another set-up of this checkout (process ${pid})`);
    said ||= pid !== 0;
    await wait(LOOK_AGAIN_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}
