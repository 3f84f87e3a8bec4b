import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, writeSettings, type Desktop } from './desktop.ts';

let dataDirectory: string;
let desktop: Desktop;

beforeAll(async () => {
  dataDirectory = await temporaryDirectory();
  await writeSettings(
    dataDirectory,
    `display: { language: en, theme: dark }
logs: { discover: false }
diagnosis:
  components:
    - { kind: port, name: Order gateway, port: 1, severity: critical, weight: 9 }
    - { kind: fileAge, name: Journal, path: ${JSON.stringify(join(dataDirectory, 'settings.yaml'))}, maximumSeconds: 86400 }
`,
  );
  desktop = await startYagura({ dataDirectory });
});
afterAll(async () => {
  await desktop.close();
  await removeDirectory(dataDirectory);
});

test('a first diagnosis is run by one button, and gives two scores with their sums', async () => {
  const { page, go } = desktop;
  await go('overview');
  await page.getByText('Not diagnosed yet').click();
  await page.getByRole('heading', { name: 'Nothing was diagnosed yet' }).waitFor();
  await page.getByRole('button', { name: 'Run diagnosis' }).click();
  const scores = page.locator('.score');
  await scores.first().waitFor({ timeout: 60_000 });
  expect(await scores.count()).toBe(2);
  for (const score of await scores.all())
    expect(await score.innerText()).toMatch(/[\d.,]+ ÷ [\d.,]+ × 100 = \d+/);
});

test('a failed component says what was found, and its fix is copied by key', async () => {
  const { page, app } = desktop;
  const row = page.locator('[data-check="CMP-order-gateway"]');
  await row.click();
  expect(await row.getAttribute('aria-expanded')).toBe('true');
  const detail = page.locator('.diagnosis .detail');
  expect(await detail.innerText()).toContain('Nothing listens on port 1');
  await page.keyboard.press('y');
  await page.getByText('Copied').waitFor();
  const copied = await app.evaluate(({ clipboard }) => clipboard.readText());
  expect(await detail.innerText()).toContain(copied);
  expect(copied.length).toBeGreaterThan(10);
});

test('a second run tells what changed since the first', async () => {
  const { page } = desktop;
  await page.getByText('This is the first run').waitFor();
  await page.keyboard.press('r');
  await page.locator('.difference .foot').waitFor({ timeout: 60_000 });
  expect(await page.locator('.difference .foot').innerText()).toMatch(/\d+ checks unchanged/);
});

test('a bundle is shown before it leaves, and is saved where the user says', async () => {
  const { page, app } = desktop;
  const target = join(dataDirectory, 'handed-over.bundle');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, target);
  await page.getByRole('button', { name: 'Bundle…' }).click();
  const make = page.getByRole('button', { name: 'Make and save…' });
  await page.waitForFunction(
    () => document.querySelector('dialog .total')?.textContent.includes('kB') ?? false,
  );
  await make.click();
  await page.getByText('Bundle saved').waitFor({ timeout: 60_000 });
  await page.getByText(target).waitFor();
});

test('nothing was refused by the content security policy', () => {
  expect(desktop.complaints).toEqual([]);
});
