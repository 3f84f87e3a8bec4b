import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, type Desktop } from './desktop.ts';

describe('the command palette in the real window', () => {
  let dataDirectory: string;
  let desktop: Desktop;
  beforeAll(async () => {
    dataDirectory = await temporaryDirectory();
    desktop = await startYagura({ dataDirectory });
  });
  afterAll(async () => {
    await desktop.close();
    await removeDirectory(dataDirectory);
  });

  test('Ctrl+K, some letters and Enter run the diagnosis and show its scores', async () => {
    const { page } = desktop;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('run diag');
    await page.locator('dialog [role=option]').first().waitFor();
    expect(await page.locator('dialog [aria-selected=true] .title').textContent()).toBe('Run the diagnosis');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.diagnosis');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.locator('.main').getByText('÷').first().waitFor({ timeout: 90_000 });
  });

  test('the field in the bar opens it, Escape closes it and gives the focus back', async () => {
    const { page } = desktop;
    await page.locator('header .palette').click();
    await page.keyboard.type('settings');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('palette');
    expect(desktop.complaints).toEqual([]);
  });
});
