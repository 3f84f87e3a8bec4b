/** `npm run build`: out/main (app, engine, terminal, threads), out/preload, out/renderer. */
import './lib/node-version.mjs';
import { bootstrap } from './bootstrap.mjs';
import { build } from './lib/build.mjs';
import { withLock } from './lib/lock.mjs';
import { runMain } from './lib/problem.mjs';
import { cacheFolder, root } from './lib/project.mjs';
import { join } from 'node:path';

await runMain(async () => {
  await bootstrap();
  await withLock(join(cacheFolder(), 'build.lock'), () => build(root, { showOutput: true }));
  return 0;
});
