/**
 * Checks the types of every part with what that part really has at run time: the engine with Node only, the main
 * process and preload with the oldest Electron's Node, the renderer with a browser and no Node. Incremental.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {readonly (readonly [project: string, compiler: string])[]} */
const PROJECTS = [
  ['node', 'typescript/bin/tsc'],
  ['app', 'typescript/bin/tsc'],
  ['web', 'vue-tsc/bin/vue-tsc.js'],
];

/**
 * @param {string} project
 * @param {string} compiler
 * @returns {Promise<number>} exit code
 */
function check(project, compiler) {
  const options = [
    '--incremental',
    '--tsBuildInfoFile',
    `.cache/tsc/${project}.tsbuildinfo`,
    '--pretty',
    'false',
  ];
  const child = spawn(
    process.execPath,
    [`node_modules/${compiler}`, '-p', `tsconfig.${project}.json`, ...options],
    { cwd: root, stdio: 'inherit' },
  );
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const codes = await Promise.all(PROJECTS.map(([project, compiler]) => check(project, compiler)));
process.exitCode = codes.every((code) => code === 0) ? 0 : 1;
