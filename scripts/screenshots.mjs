/** `npm run screenshots`: takes the pictures of every screen; what is shown on them is in test/screenshots. */
import './lib/node-version.mjs';
import { join } from 'node:path';
import { electronRuntime } from './electron-runtime.mjs';
import { buildIfStale } from './lib/build.mjs';
import { runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { provideSystemPackages } from './lib/system-packages.mjs';

await runMain(async () => {
  const electron = await electronRuntime();
  await provideSystemPackages('tests');
  await buildIfStale(root);
  const env = { ...withOwnPrograms(root), ELECTRON_EXEC_PATH: electron, YAGURA_NODE: ownNode() };
  const program = [ownNode(), join(root, 'test', 'screenshots', 'index.ts'), ...process.argv.slice(2)];
  const screen = process.platform === 'linux' ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : [];
  const [command = '', ...args] = [...screen, ...program];
  return handOver(command, args, { cwd: root, env });
});
