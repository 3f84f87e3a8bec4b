import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, writeSettings, type Desktop } from './desktop.ts';

let directory: string;
let log: string;
let desktop: Desktop;

function orderLine(index: number): string {
  const stamp = new Date(Date.now() - 60_000 + index * 100).toISOString();
  return `${stamp} INFO desk: order ID-${1000 + index} of suzuki@example.co.jp from 203.0.113.9, account 7654321\n`;
}

beforeAll(async () => {
  directory = await temporaryDirectory();
  log = join(directory, 'desk.log');
  await mkdir(join(directory, 'data'));
  await writeFile(log, Array.from({ length: 40 }, (_, index) => orderLine(index)).join(''));
  await writeSettings(
    join(directory, 'data'),
    `logs:\n  discover: false\n  sources:\n    - path: ${log}\nretention:\n  archive:\n    enabled: true\n`,
  );
  desktop = await startYagura({ dataDirectory: join(directory, 'data') });
});
afterAll(async () => {
  await desktop.close();
  await removeDirectory(directory);
});

/** Answers the next dialogs about where to save. */
async function saveTo(path: string): Promise<void> {
  await desktop.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

describe('masking and the archive key, in the window', () => {
  test('a rule is seen in lines that are kept before it is saved, and masks what comes after', async () => {
    const { page, go } = desktop;
    await go('settings?page=masking');
    await page.getByRole('button', { name: 'Add a pattern' }).click();
    await page.getByLabel('Name', { exact: true }).fill('order');
    await page.getByLabel('Pattern order').fill('(');
    await page.getByText('This is no pattern').waitFor();
    await page.getByLabel('Pattern order').fill('ID-(\\d+)');
    await page.getByText('40 of 40 lines').waitFor();
    expect(
      await page.locator('table[aria-label="Examples for order"] .masked').first().textContent(),
    ).toMatch(/^10\d\d$/);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).waitFor({ state: 'detached' });
    await appendFile(log, orderLine(41).replace('INFO', 'WARN'));
    await go('logs?q=level:warning');
    await page.locator('.stream .row', { hasText: 'ID-[masked:order]' }).waitFor();
  });

  test('the lines shown are saved as a file without what was chosen', async () => {
    const { page, go } = desktop;
    const path = join(directory, 'lines.csv');
    await saveTo(path);
    await go('logs?q=order');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.locator('dialog .rows li').first().waitFor();
    await page.getByLabel('IP addresses').uncheck();
    await page.getByRole('button', { name: 'Save as…' }).click();
    await page.getByText('Lines saved').waitFor();
    const text = await readFile(path, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(42);
    for (const gone of ['suzuki', '7654321', 'ID-1000']) expect(text).not.toContain(gone);
    expect(text).toContain('203.0.113.9');
  });

  test('the archive key is saved where the user says, for its user alone, and that is recorded', async () => {
    const { page, go } = desktop;
    const path = join(directory, 'key.txt');
    await saveTo(path);
    await go('settings?page=retention');
    await page.getByRole('button', { name: 'Save the archive key…' }).click();
    await page.getByText(`Saved to ${path}`).waitFor();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const key = (await readFile(path, 'utf8')).trim();
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(await page.content()).not.toContain(key);
    await go('settings?page=itself');
    await page.getByText('Archive key saved to a file').waitFor();
    expect(desktop.complaints).toEqual([]);
  });
});
