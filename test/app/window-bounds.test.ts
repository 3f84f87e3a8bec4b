import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  readBounds,
  visibleBounds,
  WindowMemory,
  writeBounds,
  type WindowBounds,
} from '../../src-main/app/window-bounds.ts';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-window-'));
  file = join(directory, 'window.json');
});
afterEach(() => rm(directory, { recursive: true }));

const bounds = { x: 10, y: 20, width: 1400, height: 900, maximized: false };
const screen = { x: 0, y: 0, width: 1920, height: 1080 };
const left = { x: -1920, y: 0, width: 1920, height: 1080 };

test('what was written is read again, and belongs to its user alone', async () => {
  await writeBounds(file, { ...bounds, maximized: true });
  expect(await readBounds(file)).toEqual({ ...bounds, maximized: true });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each([
  ['no JSON', '{'],
  ['another shape', '[]'],
  ['no width', '{"x":0,"y":0,"height":5}'],
  ['a width of nothing', '{"x":0,"y":0,"width":0,"height":5}'],
  ['a width without measure', '{"x":0,"y":0,"width":1e9,"height":5}'],
  ['half a pixel', '{"x":0.5,"y":0,"width":900,"height":500}'],
])('a file with %s counts as none', async (_name, text) => {
  await writeFile(file, text);
  expect(await readBounds(file)).toBeUndefined();
});

test('a missing file counts as none, and a place that cannot be written disturbs nothing', async () => {
  expect(await readBounds(file)).toBeUndefined();
  await expect(writeBounds(join(directory, 'no', 'such', 'place'), bounds)).resolves.toBeUndefined();
});

test.each([
  ['on the screen', {}, [screen], true],
  ['on a screen to the left', { x: -1900 }, [screen, left], true],
  ['on a screen that is gone', { x: -1900 }, [screen], false],
  ['above the screen, its title bar out of reach', { y: -30 }, [screen], false],
  ['below the screen', { y: 1060 }, [screen], false],
  ['to the right, all but a sliver', { x: 1880 }, [screen], false],
  ['to the left, all but a sliver', { x: -1350 }, [screen], false],
  ['half out to the right', { x: 1000 }, [screen], true],
  ['without any screen', {}, [], false],
])('a window that was %s', (_name, change, screens, reachable) => {
  const remembered = { ...bounds, ...change };
  expect(visibleBounds(remembered, screens)).toEqual(reachable ? remembered : undefined);
});

test('nothing remembered is nothing to show', () => {
  expect(visibleBounds(undefined, [screen])).toBeUndefined();
});

describe('memory', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function remembered() {
    const written: WindowBounds[] = [];
    const memory = new WindowMemory('unused', async (_file, each) => void written.push(each));
    const place = { ...bounds };
    const window = {
      getNormalBounds: () => ({ x: place.x, y: place.y, width: place.width, height: place.height }),
      isMaximized: () => place.maximized,
      isDestroyed: () => false,
    };
    return { written, memory, place, window };
  }

  test('a window that is moved is written once it stands still', async () => {
    const { written, memory, place, window } = remembered();
    for (let x = 0; x < 100; x += 1) {
      place.x = x;
      memory.moved(window);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(written).toEqual([{ ...bounds, x: 99 }]);
  });

  test('another shape of the window is not remembered, the normal place is', async () => {
    const { written, memory, place, window } = remembered();
    memory.hold(window);
    Object.assign(place, { x: 1560, y: 0, width: 360, height: 1080 });
    memory.moved(window);
    await vi.advanceTimersByTimeAsync(1000);
    await memory.keep(window);
    expect(written).toEqual([bounds]);
    expect(memory.held(window)).toEqual(bounds);
    memory.release();
    place.x = 5;
    await memory.keep(window);
    expect(written.at(-1)?.x).toBe(5);
  });
});
