import { readFile } from 'node:fs/promises';
import type { BrowserWindow } from 'electron';
import { z } from 'zod';
import { writeAtomically } from './atomic-file.ts';

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
  await writeAtomically(file, JSON.stringify(bounds)).catch(() => undefined);
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

/** Moving a window tells a hundred places; the last one counts. */
const SETTLED_MS = 500;

/** What of a window its memory needs. */
export type RememberedWindow = Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized' | 'isDestroyed'>;

/**
 * Keeps the normal window's place on the disk as it changes, so that it is known however this process ends. Written at
 * most every half second, one after the other.
 */
export class WindowMemory {
  readonly #file: string;
  readonly #write: typeof writeBounds;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #held: WindowBounds | undefined;

  constructor(file: string, write = writeBounds) {
    this.#file = file;
    this.#write = write;
  }

  /** The window has moved. */
  moved(window: RememberedWindow): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.keep(window);
    }, SETTLED_MS);
  }

  /** Writes now. Resolves when it is written. */
  keep(window: RememberedWindow): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#held !== undefined || window.isDestroyed()) return this.#writing;
    const bounds = boundsOf(window);
    this.#writing = this.#writing.then(() => this.#write(this.#file, bounds));
    return this.#writing;
  }

  /** From now on the window has another shape, which is not to be remembered. */
  hold(window: RememberedWindow): void {
    void this.keep(window);
    this.#held = boundsOf(window);
  }

  /** Where the normal window was. */
  held(window: RememberedWindow): WindowBounds {
    return this.#held ?? boundsOf(window);
  }

  /** The window is a normal one again. */
  release(): void {
    this.#held = undefined;
  }
}

function boundsOf(window: RememberedWindow): WindowBounds {
  return { ...window.getNormalBounds(), maximized: window.isMaximized() };
}
