import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';

export const MINIMUM_WIDTH = 1280;
export const MINIMUM_HEIGHT = 800;

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1).max(100_000),
  height: z.number().int().min(1).max(100_000),
  maximized: z.boolean().default(false),
});
export type WindowBounds = z.output<typeof boundsSchema>;

export interface WorkArea {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where the window was; undefined when nothing (sensible) is remembered. */
export async function readBounds(file: string): Promise<WindowBounds | undefined> {
  try {
    return boundsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Remembers where the window is. It is a comfort: that it can't be written must not disturb anything. */
export async function writeBounds(file: string, bounds: WindowBounds): Promise<void> {
  await writeFile(file, JSON.stringify(bounds), { mode: 0o600 }).catch(() => undefined);
}

/** Remembered bounds as far as a screen still shows them: its title bar must be within reach. */
export function visibleBounds(
  remembered: WindowBounds | undefined,
  screens: WorkArea[],
): WindowBounds | undefined {
  if (remembered === undefined) return undefined;
  const { x, y, width } = remembered;
  const reachable = screens.some(
    (screen) =>
      y >= screen.y &&
      y < screen.y + screen.height - 40 &&
      x + width > screen.x + 100 &&
      x < screen.x + screen.width - 100,
  );
  return reachable ? remembered : undefined;
}
