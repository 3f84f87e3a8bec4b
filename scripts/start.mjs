/**
 * `npm start`: the desktop app where there is a screen, else the same engine in the terminal. Arguments are passed on
 * (`npm start -- --data DIR`).
 */
import './lib/node-version.mjs';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { electronRuntime } from './electron-runtime.mjs';
import { buildIfStale } from './lib/build.mjs';
import { hasDisplay, sandboxArguments } from './lib/display.mjs';
import { runMain } from './lib/problem.mjs';
import { handOver, withOwnPrograms } from './lib/processes.mjs';
import { ownNode, root } from './lib/project.mjs';
import { say } from './lib/steps.mjs';
import { provideSystemPackages } from './lib/system-packages.mjs';

/** @param {readonly string[]} args */
async function startDesktop(args) {
  const electron = await electronRuntime();
  await provideSystemPackages('electron');
  await buildIfStale(root);
  const sandbox = sandboxArguments();
  if (sandbox.length > 0)
    say(
      '  Running as root: Chromium’s sandbox is off (--no-sandbox). Start it as a normal user to have it on.',
    );
  const env = { ...withOwnPrograms(root), YAGURA_NODE: process.env['YAGURA_NODE'] ?? ownNode() };
  return handOver(electron, [...sandbox, root, ...args], { env });
}

/** @param {readonly string[]} args */
async function startTerminal(args) {
  say('  There is no display here: the same engine runs in the terminal (Ctrl-C ends it).');
  await bootstrap();
  await buildIfStale(root);
  return handOver(ownNode(), [join(root, 'out', 'main', 'cli.js'), 'run', ...args], {
    env: withOwnPrograms(root),
  });
}

await runMain(() => (hasDisplay(process.env) ? startDesktop : startTerminal)(process.argv.slice(2)));
