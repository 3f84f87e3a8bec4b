import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  authLine,
  removeDirectory,
  startYagura,
  temporaryDirectory,
  WatchedLog,
  writeSettings,
  type Desktop,
} from './desktop.ts';

let dataDirectory: string;
let logs: string;
let desktop: Desktop;

beforeAll(async () => {
  [dataDirectory, logs] = [await temporaryDirectory(), await temporaryDirectory()];
  const auth = new WatchedLog(join(logs, 'auth.log'));
  await writeSettings(
    dataDirectory,
    `display: { language: en, theme: dark }
logs: { discover: false, sources: [{ path: ${JSON.stringify(auth.path)} }] }
`,
  );
  const now = Date.now();
  await auth.append(
    ...Array.from({ length: 40 }, (_, index) =>
      authLine(
        new Date(now - (40 - index) * 1000),
        `Failed password for root from 203.0.113.42 port ${50_000 + index} ssh2`,
      ),
    ),
  );
  desktop = await startYagura({ dataDirectory });
});
afterAll(async () => {
  await desktop.close();
  await Promise.all([dataDirectory, logs].map(removeDirectory));
});

/** Saves without asking, to this path. */
async function saveTo(path: string): Promise<void> {
  await desktop.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

test('the first report is made, and its real pages are drawn', async () => {
  const { page, go } = desktop;
  await go('reports');
  await page.getByRole('button', { name: 'Make the first report' }).click();
  await page.getByRole('button', { name: 'Make report' }).click();
  await page.locator('.report').waitFor({ timeout: 60_000 });
  await page.locator('.sheet canvas').first().waitFor({ timeout: 30_000 });
  // Drawn: the paper is no longer of one colour. The thumbnails of a few pages are all near enough.
  await page.waitForFunction(() => {
    const isDrawn = (canvas: HTMLCanvasElement): boolean => {
      const context = canvas.width === 0 ? null : canvas.getContext('2d');
      if (context === null) return false;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set<number>();
      for (let at = 0; at < data.length; at += 4)
        colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
      return colours.size > 3;
    };
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>('.sheet canvas, .thumbs canvas')];
    const [first] = canvases;
    const thumbs = canvases.filter((each) => each.closest('.thumbs') !== null);
    return first !== undefined && [first, ...thumbs].every(isDrawn);
  });
});

test('what was replaced is shown before the first file leaves; then it is written as it was made', async () => {
  const { page } = desktop;
  const target = join(logs, 'report.pdf');
  await saveTo(target);
  await page.keyboard.press('Control+s');
  await page.getByText('Before the first report leaves this machine').waitFor();
  await page.getByRole('button', { name: 'Save it' }).click();
  await page.getByText('Report saved').waitFor();
  const file = await readFile(target);
  expect(file.subarray(0, 5).toString()).toBe('%PDF-');
  const hash = createHash('sha256').update(file).digest('hex');
  const told = await page.getByRole('button', { name: 'Save PDF' }).getAttribute('title');
  expect(told).toContain(hash.slice(0, 4));
  expect(told).toContain(hash.slice(-4));
});

test('the data of a report is what its printed fingerprint says', async () => {
  const { page } = desktop;
  const target = join(logs, 'report.json');
  await saveTo(target);
  await page.getByRole('button', { name: 'Save JSON' }).click();
  await page.getByText(target).waitFor();
  const hash = createHash('sha256')
    .update(await readFile(target))
    .digest('hex');
  expect(await page.locator(`code[title="${hash}"]`).count()).toBe(1);
});

test('an encrypted report says so instead of its pages', async () => {
  const { page } = desktop;
  await page.keyboard.press('n');
  const [first, second] = await page.locator('dialog input[type="password"]').all();
  await first?.fill('long enough');
  await second?.fill('long enough');
  await page.getByRole('button', { name: 'Make report' }).click();
  await page.getByText('The PDF opens with its password only').waitFor({ timeout: 60_000 });
});

test('nothing was refused by the content security policy', () => {
  // A hint of Chromium's about speed, which comes when the preview was drawn often enough.
  const refused = desktop.complaints.filter((each) => !each.startsWith('Canvas2D:'));
  expect(refused).toEqual([]);
});
