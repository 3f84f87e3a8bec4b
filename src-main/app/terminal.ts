import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';
import { canRunEngine, NEEDED_NODE } from '../needed-node.ts';
import { findNode } from './node-runtime.ts';

/** What the launchers (`yagura` in a terminal) put before the arguments of a person. */
const TERMINAL_ARGUMENT = '--terminal';

/** Whatever the terminal product itself could not answer, like its own code for this. */
const EXIT_NO_ENGINE = 4;

/**
 * What a person wrote after `yagura`, or undefined when a window is wanted.
 * The `--` after our own argument ends what Chromium reads as its switches.
 */
export function terminalArguments(argv: readonly string[]): string[] | undefined {
  const at = argv.indexOf(TERMINAL_ARGUMENT);
  // Only as the launchers write it: the name in an argument of a person (after `--`) is just text.
  const dashes = argv.indexOf('--');
  if (at === -1 || (dashes !== -1 && dashes < at)) return undefined;
  return argv.slice(argv[at + 1] === '--' ? at + 2 : at + 1);
}

/**
 * The terminal product within this very process: the installed program needs no Node beside it, nor may it be turned into
 * one (fuse RunAsNode). Called before Electron is ready, which it then never is: no window, no display, no page. Where
 * Electron's own Node is too old for the store, the machine's runs it.
 */
export async function runTerminal(file: string, args: readonly string[]): Promise<never> {
  const code = await run(file, args).catch((error: unknown) => {
    process.stderr.write(`yagura: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_NO_ENGINE;
  });
  app.exit(code);
  // Ends within the same turn; nothing after this is to run.
  return new Promise<never>(() => undefined);
}

async function run(file: string, args: readonly string[]): Promise<number> {
  if (canRunEngine()) {
    // As Node would give them to a script.
    process.argv = [process.execPath, file, ...args];
    await import(pathToFileURL(file).href);
    return Number(process.exitCode ?? 0);
  }
  const choice = await findNode({
    wanted: process.env['YAGURA_NODE'],
    packaged: undefined,
    searchPath: process.env['PATH'],
    platform: process.platform,
  });
  if (!('path' in choice)) {
    process.stderr.write(
      `yagura: this build carries an old Electron and needs Node ${NEEDED_NODE} or newer (${choice.detail || 'none on PATH'}); ` +
        'set YAGURA_NODE to its path\n',
    );
    return EXIT_NO_ENGINE;
  }
  const child = spawn(choice.path, [file, ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself; what is sent to us is passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const ended: unknown[] = await once(child, 'exit');
  const code = ended[0];
  return typeof code === 'number' ? code : EXIT_NO_ENGINE;
}
