import { readdirSync } from 'node:fs';

/** Device files of graphics cards: drivers of the kernel make `dri/card0` and `dri/renderD128`, NVIDIA's own `nvidia0`. */
const CARD = /^(card|renderD|nvidia)\d+$/;

/**
 * Whether this machine has a graphics card; on other systems than Linux there always is something that draws.
 * @param devices the directory of device files
 */
export function hasGraphicsCard(platform: NodeJS.Platform = process.platform, devices = '/dev'): boolean {
  if (platform !== 'linux') return true;
  return [devices, `${devices}/dri`].some((directory) => namesIn(directory).some((name) => CARD.test(name)));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    // No such directory: no such card.
    return [];
  }
}
