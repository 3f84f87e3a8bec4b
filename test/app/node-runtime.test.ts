import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findNode } from '../../src-main/app/node-runtime.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-node-'));
});
afterEach(() => rm(directory, { recursive: true }));

const nowhere = { wanted: undefined, packaged: undefined, searchPath: undefined, platform: process.platform };

/** A program that answers like a Node of that version. */
async function pretend(name: string, answer: string): Promise<string> {
  const path = join(directory, name, 'node');
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${answer}\n`);
  await chmod(path, 0o755);
  return path;
}

test('a Node that is too old is passed over for the next one on PATH', async () => {
  const old = await pretend('old', 'echo v20.18.0 false');
  const broken = await pretend('broken', 'exit 1');
  const fresh = await pretend('fresh', 'echo v22.15.0 true');
  const searchPath = ['/nowhere', old, broken, fresh]
    .map((path) => path.replace(/\/node$/, ''))
    .join(delimiter);
  expect(await findNode({ ...nowhere, searchPath })).toEqual({ path: fresh });
});

test('the packaged one comes before PATH, when it is new enough', async () => {
  const packaged = await pretend('packaged', 'echo v24.0.0 true');
  const other = await pretend('other', 'echo v24.0.0 true');
  const searchPath = join(other, '..');
  expect(await findNode({ ...nowhere, packaged, searchPath })).toEqual({ path: packaged });
  await pretend('packaged', 'echo v20.0.0 false');
  expect(await findNode({ ...nowhere, packaged, searchPath })).toEqual({ path: other });
});

test('without any that is new enough, it says so and what it found', async () => {
  const old = await pretend('old', 'echo v20.18.0 false');
  expect(await findNode({ ...nowhere, searchPath: join(old, '..') })).toEqual({
    reason: { key: 'desktop.engine.noNode', parameters: { needed: '22.15' } },
    detail: `${old} is v20.18.0`,
  });
  expect(await findNode(nowhere)).toMatchObject({ reason: { key: 'desktop.engine.noNode' } });
});

test('the one the user named is taken, or its fault told; no other is taken instead', async () => {
  const searchPath = join(await pretend('fresh', 'echo v24.0.0 true'), '..');
  const good = await pretend('good', 'echo v22.20.0 true');
  expect(await findNode({ ...nowhere, searchPath, wanted: good })).toEqual({ path: good });
  const old = await pretend('old', 'echo v18.0.0 false');
  expect(await findNode({ ...nowhere, searchPath, wanted: old })).toEqual({
    reason: {
      key: 'desktop.engine.nodeTooOld',
      parameters: { path: old, version: 'v18.0.0', needed: '22.15' },
    },
    detail: 'v18.0.0',
  });
  const missing = join(directory, 'missing');
  expect(await findNode({ ...nowhere, searchPath, wanted: missing })).toMatchObject({
    reason: { key: 'desktop.engine.nodeUnusable', parameters: { path: missing } },
    detail: expect.stringContaining('ENOENT') as unknown,
  });
});

test('the Node that runs this is new enough', async () => {
  expect(await findNode({ ...nowhere, wanted: process.execPath })).toEqual({ path: process.execPath });
});
