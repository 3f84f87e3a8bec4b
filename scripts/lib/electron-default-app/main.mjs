/**
 * Runs the app that is named on Electron's command line: `electron [-r MODULE]… [--switch]… PATH [ARGUMENT]…`.
 * It waits for the app's main module, so that what the module does at its top still happens before `ready`.
 */
import electron from 'electron';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The two setters are Electron's own and not in its types. @type {electron.App & { setVersion(version: string): void, setAppPath(path: string): void }} */
const app = Object(electron.app);
const require = createRequire(import.meta.url);

/**
 * @param {readonly string[]} args
 * @returns {{ preloads: string[], path: string | undefined }}
 */
function readArguments(args) {
  const preloads = [];
  for (let at = 0; at < args.length; at++) {
    const argument = args[at] ?? '';
    if (argument === '-r' || argument === '--require') {
      at++;
      preloads.push(args[at] ?? '');
    } else if (!argument.startsWith('-')) return { preloads, path: resolve(argument) };
  }
  return { preloads, path: undefined };
}

/**
 * Tells Electron which app this is and finds its main module.
 * @param {string} path a folder with a package.json, or a file
 */
function mainModule(path) {
  const description = join(path, 'package.json');
  if (!statSync(path).isDirectory() || !existsSync(description)) return path;
  const { name, productName, version, main = 'index.js' } = JSON.parse(readFileSync(description, 'utf8'));
  if (productName ?? name) app.setName(productName ?? name);
  if (version) app.setVersion(version);
  app.setAppPath(path);
  return join(path, main);
}

const { preloads, path } = readArguments(process.argv.slice(1));
for (const preload of preloads) require(preload);
if (path === undefined || !existsSync(path)) {
  process.stderr.write(`No app at ${path ?? '(no path given)'}\n`);
  process.exit(1);
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
await import(pathToFileURL(mainModule(path)).href);
