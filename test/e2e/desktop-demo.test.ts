import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, type Desktop } from './desktop.ts';

let dataDirectory: string;
let desktop: Desktop | undefined;
beforeEach(async () => {
  dataDirectory = await temporaryDirectory('yagura-demo-');
});
afterEach(async () => {
  await desktop?.close();
  await removeDirectory(dataDirectory);
});

test('the demo shows a quiet hour, then within a minute a grave alert, and touches no real data', async () => {
  desktop = await startYagura({ dataDirectory, args: ['--demo'] });
  const began = Date.now();
  const { app, page } = desktop;
  const worst = (): Promise<string | null> =>
    page.locator('.overview .verdict .mark').first().getAttribute('class');
  expect(await worst()).not.toMatch(/critical|error/);
  expect(
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => window.getTitle()),
    ),
  ).toEqual(['Yagura (demo)']);
  await expect.poll(worst, { timeout: 60_000, interval: 500 }).toMatch(/critical|error/);
  expect(Date.now() - began).toBeLessThan(60_000);
  // Everything of it is in its own directory; the settings are those that every test begins with.
  expect((await readdir(dataDirectory)).sort()).toEqual(['demo', 'settings.yaml']);
  expect((await readdir(join(dataDirectory, 'demo', 'demo-logs'))).length).toBeGreaterThanOrEqual(5);
});
