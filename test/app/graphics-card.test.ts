import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hasGraphicsCard } from '../../src-main/app/graphics-card.ts';

async function devices(files: string[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'yagura-dev-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await mkdir(join(directory, 'dri'));
  for (const file of files) await writeFile(join(directory, file), '');
  return directory;
}

test.each([
  ['nothing', [], false],
  ['other devices', ['null', 'nvme0', 'nvidiactl', 'dri/by-path'], false],
  ['a card', ['dri/card1'], true],
  ['a render node', ['dri/renderD128'], true],
  ["NVIDIA's own driver", ['nvidia0'], true],
])('a graphics card is seen in %s', async (_name, files, expected) => {
  expect(hasGraphicsCard('linux', await devices(files))).toBe(expected);
});

test('a missing directory of devices has no card; other systems always have one', () => {
  expect(hasGraphicsCard('linux', '/nowhere')).toBe(false);
  expect(hasGraphicsCard('darwin', '/nowhere')).toBe(true);
  expect(hasGraphicsCard('win32', '/nowhere')).toBe(true);
});
