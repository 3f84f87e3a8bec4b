import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a program; rejects when it is missing, fails or takes too long. */
export type RunProgram = (program: string, args: string[]) => Promise<string>;

/** Who shows tray icons on Linux desktops of today tells so on the session's bus under this name. */
const WATCHER = 'org.kde.StatusNotifierWatcher';
/** The bus is on this machine: it answers at once or not at all. */
const ASK_LIMIT_MS = 2000;

/** Three programs that can ask it; at least one comes with every desktop. */
const QUESTIONS: readonly (readonly [program: string, ...args: string[]])[] = [
  [
    'gdbus',
    'call',
    '--session',
    '--dest=org.freedesktop.DBus',
    '--object-path=/org/freedesktop/DBus',
    '--method=org.freedesktop.DBus.NameHasOwner',
    WATCHER,
  ],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    `string:${WATCHER}`,
  ],
  [
    'busctl',
    '--user',
    'call',
    'org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus',
    'NameHasOwner',
    's',
    WATCHER,
  ],
];

const runProgram: RunProgram = async (program, args) =>
  (await promisify(execFile)(program, args, { timeout: ASK_LIMIT_MS, windowsHide: true })).stdout;

/**
 * Whether icons in a tray are seen here. Windows and macOS always have one; many Linux desktops have none, and Electron
 * can't tell: its icon is then simply nowhere.
 */
export async function hasTrayHost(
  platform: NodeJS.Platform = process.platform,
  run: RunProgram = runProgram,
): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [program, ...args] of QUESTIONS) {
    try {
      return /\btrue\b/.test(await run(program, args));
    } catch {
      // Not installed, or no bus: the next one may say.
    }
  }
  return false;
}
