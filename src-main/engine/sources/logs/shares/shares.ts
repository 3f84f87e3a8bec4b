import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Types of file systems that lie on other machines, as mount tables name them. */
const NETWORK =
  /^(nfs\d?|cifs|smb\d?|smbfs|smb2|afpfs|webdav|davfs|9p|afs|ceph|glusterfs|lustre|fuse\.(sshfs|glusterfs|rclone|davfs2?|smbnetfs|ceph-fuse))$/;
/** Beyond, the rest is taken for local: a mount table has dozens of entries. */
const MAX_MOUNTS = 10_000;

/** A mounted share: where it is mounted. */
export type Mounts = readonly string[];

/** `/proc/self/mounts`: device, mount point (blanks as `\040`), type. */
export function networkMountsOfLinux(table: string): Mounts {
  return table
    .split('\n', MAX_MOUNTS)
    .map((line) => line.split(' '))
    .filter(([, point, type]) => point !== undefined && type !== undefined && NETWORK.test(type))
    .map(([, point = '']) =>
      point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))),
    );
}

/** What `mount` prints on macOS: `//user@host/share on /Volumes/share (smbfs, nodev, nosuid)`. */
export function networkMountsOfMac(text: string): Mounts {
  return text.split('\n', MAX_MOUNTS).flatMap((line) => {
    const match = / on (\/.*) \((\w+)[,)]/.exec(line);
    return match?.[2] !== undefined && NETWORK.test(match[2]) ? [match[1] ?? ''] : [];
  });
}

/** The shares mounted at the moment; none where that can't be told. Asks no share itself, so that none can hang it. */
export async function networkMounts(platform: NodeJS.Platform): Promise<Mounts> {
  try {
    if (platform === 'linux') return networkMountsOfLinux(await readFile('/proc/self/mounts', 'utf8'));
    if (platform === 'darwin')
      return networkMountsOfMac((await run('mount', [], { timeout: 10_000 })).stdout);
  } catch {
    // Then all counts as local: change notices that do not come are made up for by polling all the same.
  }
  return [];
}

/** The share a path lies on, or undefined for a local one. The path itself is not touched. */
export function shareOf(path: string, mounts: Mounts): string | undefined {
  const server = /^\\\\[^\\?.][^\\]*\\[^\\]+/.exec(path)?.[0];
  if (server !== undefined) return server.toLowerCase();
  return mounts
    .filter((mount) => path === mount || path.startsWith(mount.endsWith('/') ? mount : `${mount}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}
