import { basename, join } from 'node:path';

/**
 * The directory into which the engine unpacked a bundle. A page names it; only its last part counts, so that no page can
 * make us start on any other directory.
 * @throws TypeError
 */
export function openedBundle(dataDirectory: string, named: string): string {
  const name = basename(named);
  if (!/^[0-9a-f-]{36}$/.test(name)) throw new TypeError('Not a bundle that was opened.');
  return join(dataDirectory, 'opened', name);
}
