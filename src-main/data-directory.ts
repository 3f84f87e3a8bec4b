import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where data is kept when nobody says otherwise: the same for the desktop and the terminal, so that both meet the same
 * engine. `%LOCALAPPDATA%\Yagura`, `~/Library/Application Support/Yagura`, `$XDG_DATA_HOME/yagura`.
 */
function defaultDataDirectory(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Yagura');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Yagura');
  return join(environment['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'yagura');
}

/** Where a demo keeps its data: beside the real data, never among it. */
export function demoDirectory(realDirectory: string): string {
  return join(realDirectory, 'demo');
}

/** The directory given by `--data`, else YAGURA_DATA, else the default; absolute. */
export function dataDirectory(given: string | undefined): string {
  return resolve(given ?? process.env['YAGURA_DATA'] ?? defaultDataDirectory(process.env, process.platform));
}
