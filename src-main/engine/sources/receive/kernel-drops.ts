import { readFile } from 'node:fs/promises';
import { isIPv6 } from 'node:net';

/**
 * Datagrams that Linux dropped at a socket because we were too slow to read it, since it was opened.
 * @returns undefined where the system does not tell
 */
export async function kernelDrops(address: string, port: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const table = await readFile(isIPv6(address) ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
    return dropsInTable(table, port);
  } catch {
    return undefined;
  }
}

/** The last column (`drops`) of the socket's row; several sockets of one port are added up. */
export function dropsInTable(table: string, port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops: number | undefined;
  for (const row of table.split('\n').slice(1)) {
    const columns = row.trim().split(/\s+/);
    if (columns[1]?.endsWith(wanted) !== true) continue;
    const value = Number(columns.at(-1));
    if (Number.isSafeInteger(value)) drops = (drops ?? 0) + value;
  }
  return drops;
}
