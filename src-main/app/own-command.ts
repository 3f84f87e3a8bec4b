import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How this very Yagura is started: the program and what comes before our own arguments. */
export interface OwnCommand {
  program: string;
  args: string[];
}

export interface Running {
  /** `process.execPath`. */
  execPath: string;
  /** Variable APPIMAGE: the file that was started; what it unpacked is gone once it ends. */
  appImage: string | undefined;
  packaged: boolean;
  /** Folder of the app where it is not packaged. */
  appPath: string;
  /** Chromium's switches that must hold for the next start as well. */
  switches: string[];
}

export function ownCommand({ execPath, appImage, packaged, appPath, switches }: Running): OwnCommand {
  return packaged
    ? { program: appImage ?? execPath, args: switches }
    : { program: execPath, args: [...switches, appPath] };
}

/** Starts another of us that lives on by itself. @throws when the system refuses */
export async function startAnother(command: OwnCommand, args: readonly string[]): Promise<void> {
  const child = spawn(command.program, [...command.args, ...args], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}
