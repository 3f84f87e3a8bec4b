import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, writeSettings, type Desktop } from './desktop.ts';

let dataDirectory = '';
let desktop: Desktop | undefined;
beforeEach(async () => {
  dataDirectory = await temporaryDirectory();
});
afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
  await removeDirectory(dataDirectory);
});

test('the receiver, is switched on, given a token, sent to and seen', async () => {
  await writeSettings(
    dataDirectory,
    'logs: { discover: false }\nreceiver: { http: { port: 0 }, syslogTls: { enabled: true, port: 0 } }\n',
  );
  desktop = await startYagura({ dataDirectory });
  const { page, go } = desktop;
  await go('settings?page=receiver');
  await page.getByText('certificate or key is not given').waitFor();
  await page.locator('.listener', { hasText: 'JSON over HTTP' }).locator('.el-switch').first().click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nobody gets in yet: make a token first').waitFor();
  await page.getByRole('button', { name: 'Make a token' }).click();
  const token = await page.locator('.shown code').innerText();
  expect(token).toMatch(/^yagura_[\w-]{43}$/);
  const place = await page.locator('.listener', { hasText: 'JSON over HTTP' }).locator('.place').innerText();
  const response = await fetch(`http://${place}/v1/lines`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: '{"message":"sent to the window","class":"trading"}',
  });
  expect(await response.json()).toEqual({ accepted: 1 });
  await page.getByText('127.0.0.1 ·').waitFor();
  await page.getByRole('button', { name: 'New token…' }).click();
  await page.getByText('opens nothing any more').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await go('settings?page=connections');
  await page.getByRole('heading', { name: 'Open to others' }).waitFor();
  await page.getByText(place).waitFor();
  await go('settings?page=sources');
  await page.locator('[role=grid]').getByText('…/lines').first().waitFor();
  await go('logs');
  await page.getByText('sent to the window').first().waitFor();
  expect(desktop.complaints).toEqual([]);
});
