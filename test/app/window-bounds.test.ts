import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBounds, visibleBounds, writeBounds } from '../../src-main/app/window-bounds.ts';

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
