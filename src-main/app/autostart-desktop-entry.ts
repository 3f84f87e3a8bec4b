import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomically } from './atomic-file.ts';
import type { AutostartControl } from './autostart.ts';
import type { OwnCommand } from './own-command.ts';

/** Linux: a desktop entry among those the session starts (freedesktop.org, Desktop Application Autostart). */
export function desktopEntryAutostart(file: string, command: OwnCommand): AutostartControl {
  const get: AutostartControl['get'] = async () => ({ supported: true, enabled: await isEnabled(file) });
  return {
    get,
    set: async (enabled) => {
      if (enabled) {
        await mkdir(dirname(file), { recursive: true });
        await writeAtomically(file, desktopEntry(command), 0o644);
      } else await rm(file, { force: true });
      return get();
    },
  };
}

/** A session's own settings switch an entry off by a line in it. */
async function isEnabled(file: string): Promise<boolean> {
  try {
    return !/^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** The entry's text. */
export function desktopEntry({ program, args }: OwnCommand): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Yagura',
    `Exec=${[program, ...args].map(execArgument).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * One argument as the Exec key wants it (Desktop Entry Specification 1.5): `"`, backtick, `$` and `\` are escaped within
 * double quotes; then, as in every string of the file, backslashes once more and line breaks as `\n`; `%` begins a field
 * code unless doubled.
 */
function execArgument(argument: string): string {
  const quoted = /^[\w@./:=,+-]+$/.test(argument)
    ? argument
    : `"${argument.replaceAll(/["`$\\]/g, (character) => `\\${character}`)}"`;
  return quoted
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('%', '%%');
}
