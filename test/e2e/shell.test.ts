import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, writeSettings, type Desktop } from './desktop.ts';

let dataDirectory: string;
let desktop: Desktop | undefined;
const start = async (
  options: { welcome?: boolean; height?: number; width?: number } = {},
): Promise<Desktop> => {
  desktop = await startYagura({ dataDirectory, ...options });
  return desktop;
};

beforeEach(async () => {
  dataDirectory = await temporaryDirectory();
});
afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
  await removeDirectory(dataDirectory);
});

test('the first run fits the smallest window, Enter ends it, and it does not come again', async () => {
  const { page } = await start({ welcome: true, width: 1280, height: 800 });
  await page.locator('.welcome h1', { hasText: 'Already keeping watch' }).waitFor();
  const fits = await page.evaluate(() =>
    [...document.querySelectorAll('.welcome, .sheet')].every(
      (each) => each.scrollHeight <= each.clientHeight + 1,
    ),
  );
  expect(fits).toBe(true);
  await page.locator('.welcome .el-button--primary:not([disabled])').waitFor();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.overview');
  await expect
    .poll(() => readFile(join(dataDirectory, 'settings.yaml'), 'utf8').catch(() => ''))
    .toContain('welcomed: true');
  await desktop?.close();
  const again = await start();
  await again.page.waitForSelector('.overview');
});

test('killed engine: the reason stays on every screen until it is back', async () => {
  await writeSettings(dataDirectory, 'logs: { discover: false }\n');
  const { page, go, enginePid } = await start();
  await go('logs');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      const text = document.querySelector('section.down .facts')?.textContent;
      if (text !== undefined && seen.at(-1) !== text) seen.push(text);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  process.kill(await enginePid(), 'SIGKILL');
  await page.locator('section.down', { hasText: 'Not watching since' }).waitFor();
  await page.locator('section.down').waitFor({ state: 'detached', timeout: 20_000 });
  const told: unknown = await page.evaluate((): unknown => Reflect.get(window, 'seen'));
  expect(Array.isArray(told) && told.length > 0).toBe(true);
  expect(Array.isArray(told) && told.every((text) => String(text).includes('crashed (SIGKILL)'))).toBe(true);
});

test('the palette leads to the wallboard, which takes the screen; Escape gives it back', async () => {
  await writeSettings(dataDirectory, 'logs: { discover: false }\n');
  const { page, app } = await start();
  const isFull = (): Promise<boolean | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isFullScreen());
  await page.keyboard.press('Control+k');
  await page.keyboard.type('wallb');
  await page.locator('[role=option][aria-selected=true]', { hasText: 'Wallboard' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.wallboard');
  await expect.poll(isFull).toBe(true);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.overview');
  await expect.poll(isFull).toBe(false);
});
