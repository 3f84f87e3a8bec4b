import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FailureError } from '../../flow/failure.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, the final zero included. */
const MAX_SOCKET_PATH_BYTES = 103;

export interface SocketPlace {
  platform: NodeJS.Platform;
  /** The user's directory for sockets and the like (XDG_RUNTIME_DIR), where the system has one. */
  runtimeDirectory: string | undefined;
  temporaryDirectory: string;
  /** Undefined on Windows. */
  userId: number | undefined;
}

/** This machine's places. */
export function socketPlace(): SocketPlace {
  return {
    platform: process.platform,
    runtimeDirectory: process.env['XDG_RUNTIME_DIR'],
    temporaryDirectory: tmpdir(),
    userId: process.getuid?.(),
  };
}

/**
 * Where the engine of a data directory listens: in the directory itself; where that path is too long for a socket, under
 * the user's runtime or temporary directory; on Windows a pipe with an unguessable name.
 * @throws FailureError FORBIDDEN when the short place belongs to somebody else
 */
export async function chooseSocketPath(dataDirectory: string, place: SocketPlace): Promise<string> {
  const directory = resolve(dataDirectory);
  if (place.platform === 'win32') return `\\\\.\\pipe\\yagura-${randomBytes(16).toString('hex')}`;
  const inside = join(directory, 'engine.sock');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const short = join(
    place.runtimeDirectory ?? place.temporaryDirectory,
    `yagura-${place.userId ?? 0}-${name}`,
  );
  await makePrivate(short, place.userId);
  return join(short, 'engine.sock');
}

/** The temporary directory is everybody's: somebody may have made a directory of our name before us. */
async function makePrivate(directory: string, userId: number | undefined): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  if (!found.isDirectory() || (userId !== undefined && found.uid !== userId)) {
    throw new FailureError({
      kind: 'FORBIDDEN',
      message: { key: 'wire.socketDirectoryForeign', parameters: { path: directory } },
    });
  }
  await chmod(directory, 0o700);
}
