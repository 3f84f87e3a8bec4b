import { expandSource } from '../source-paths.ts';
import { openForReading, closeDescriptor, errorCode } from '../file-access.ts';
import { linuxLogs } from './linux.ts';
import { macosLogs } from './macos.ts';
import { windowsLogs } from './windows.ts';

/** A log of this machine that was found without being asked for. */
export interface FoundLog {
  /** File or glob. */
  path: string;
  /** At least one of its files may be read by us. */
  readable: boolean;
}

/** The system to look at. */
export interface Surroundings {
  platform: NodeJS.Platform;
  environment: Readonly<Record<string, string | undefined>>;
}

/** Places worth a look on this system. */
export function knownPlaces({ platform, environment }: Surroundings): readonly string[] {
  switch (platform) {
    case 'linux':
      return linuxLogs;
    case 'darwin':
      return macosLogs;
    case 'win32':
      return windowsLogs(
        environment['SystemRoot'] ?? 'C:/Windows',
        environment['ProgramData'] ?? 'C:/ProgramData',
      );
    default:
      return ['/var/log/messages', '/var/log/authlog', '/var/log/auth.log', '/var/log/secure'];
  }
}

/**
 * Which of the places hold logs now. Called again every minute: a server installed later is found then.
 * @param places files and globs, absolute
 */
export async function discoverLogs(places: readonly string[]): Promise<FoundLog[]> {
  const found: FoundLog[] = [];
  for (const path of places) {
    const { paths, kind } = await expandSource(path);
    let exists = false;
    let readable = false;
    for (const file of paths) {
      const state = await mayRead(file);
      exists ||= state !== 'absent';
      readable ||= state === 'readable';
      if (readable) break;
    }
    if (exists && kind !== 'folder') found.push({ path, readable });
  }
  return found;
}

async function mayRead(path: string): Promise<'readable' | 'refused' | 'absent'> {
  try {
    await closeDescriptor(await openForReading(path));
    return 'readable';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'absent' : 'refused';
  }
}
