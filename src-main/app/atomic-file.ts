import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file whole or not at all: aside, on to the disk, then renamed. Whoever reads it meanwhile, or after the power
 * went, finds the old one or the new one.
 * @param mode who may read it; only its user where nothing else is said
 * @throws the file system's error; what was begun is taken away
 */
export async function writeAtomically(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  // Two of us may write the same file.
  const aside = `${path}.${process.pid}.part`;
  try {
    const file = await open(aside, 'w', mode);
    try {
      await file.writeFile(data);
      // It may have been there, left over with other rights.
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}
