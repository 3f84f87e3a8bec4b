/** `npm run dev`: the app with live reload of the screens. Arguments are passed on. */
import './lib/node-version.mjs';
import { join } from 'node:path';
import { electronRuntime } from './electron-runtime.mjs';
import { hasDisplay, sandboxArguments } from './lib/display.mjs';
import { Problem, runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { provideSystemPackages } from './lib/system-packages.mjs';

await runMain(async () => {
  if (!hasDisplay(process.env))
    throw new Problem('There is no display here.', 'Use one (for instance: xvfb-run -a npm run dev).');
  const electron = await electronRuntime();
  await provideSystemPackages('electron');
  const bundler = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const sandbox = sandboxArguments().length > 0 ? ['--noSandbox'] : [];
  const env = {
    ...withOwnPrograms(root),
    ELECTRON_EXEC_PATH: electron,
    YAGURA_NODE: process.env['YAGURA_NODE'] ?? ownNode(),
  };
  return handOver(ownNode(), [bundler, 'dev', ...sandbox, '--', ...process.argv.slice(2)], {
    cwd: root,
    env,
  });
});
