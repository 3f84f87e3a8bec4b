import { readFile } from 'node:fs/promises';
import zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { canRunEngine, NEEDED_NODE } from '../src-main/needed-node.ts';

test('this process, can run the engine; one whose zlib lacks zstd cannot', () => {
  expect(canRunEngine()).toBe(true);
  const { zstdCompressSync: _, ...older } = zlib;
  expect(canRunEngine(older)).toBe(false);
});

test('the page on installing, names the version that is asked for', async () => {
  const page = await readFile(new URL('../docs/installing.md', import.meta.url), 'utf8');
  expect([...page.matchAll(/Node (\d+\.\d+)/g)].map(([, version]) => version)).toEqual([NEEDED_NODE]);
});
