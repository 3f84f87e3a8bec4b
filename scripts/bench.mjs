/** `npm run bench`: measures the built product; the measurements are in test/bench. Arguments are passed on. */
import './lib/node-version.mjs';
import { join } from 'node:path';
import { electronRuntime } from './electron-runtime.mjs';
import { buildIfStale } from './lib/build.mjs';
import { runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';

await runMain(async () => {
  const electron = await electronRuntime();
  await buildIfStale(root);
  const env = { ...withOwnPrograms(root), ELECTRON_EXEC_PATH: electron, YAGURA_NODE: ownNode() };
  return handOver(ownNode(), [join(root, 'test', 'bench', 'index.ts'), ...process.argv.slice(2)], {
    cwd: root,
    env,
  });
});
