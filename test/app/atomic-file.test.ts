import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtomically } from '../../src-main/app/atomic-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-atomic-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a file is replaced, belongs to its user alone, and nothing is left beside it', async () => {
  const path = join(directory, 'file');
  await writeFile(path, 'old');
  await chmod(path, 0o644);
  await writeAtomically(path, new TextEncoder().encode('new'));
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['file']);
});

test('who reads while it is written finds the old or the new one, never a part', async () => {
  const path = join(directory, 'file');
  const contents = ['a', 'b'].map((letter) => letter.repeat(3_000_000));
  await writeAtomically(path, contents[0]!);
  const state = { writing: true };
  const written = (async () => {
    for (let round = 0; round < 10; round += 1) await writeAtomically(path, contents[round % 2]!);
    state.writing = false;
  })();
  while (state.writing) expect(contents).toContain(await readFile(path, 'utf8'));
  await written;
});

test('a write that fails leaves what was there, and nothing else', async () => {
  const path = join(directory, 'folder');
  await expect(writeAtomically(join(path, 'file'), 'x')).rejects.toThrow('ENOENT');
  await writeAtomically(path, 'kept');
  await expect(writeAtomically(join(path, 'file'), 'x')).rejects.toThrow('ENOTDIR');
  expect(await readdir(directory)).toEqual(['folder']);
});
