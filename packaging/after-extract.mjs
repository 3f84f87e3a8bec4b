/** electron-builder calls it when Electron lies in the folder of the package, before our files come to it. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The development runtime's own: its default app, and how it was assembled. A released Electron has them not, or not used. */
const LEFTOVERS = [join('resources', 'default_app.asar'), 'yagura-recipe'];

/** @param {{ appOutDir: string, electronPlatformName: string }} context */
export default async function afterExtract({ appOutDir, electronPlatformName }) {
  if (electronPlatformName !== 'linux') return;
  for (const path of LEFTOVERS) await rm(join(appOutDir, path), { recursive: true, force: true });
}
