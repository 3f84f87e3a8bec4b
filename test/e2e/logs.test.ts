import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  removeDirectory,
  startYagura,
  temporaryDirectory,
  WatchedLog,
  writeSettings,
  type Desktop,
} from './desktop.ts';

/* The Logs screen over lines of two sources: a query, its completion, fields, a trace, and lines that come meanwhile. */

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const LINES = 3000;
let dataDirectory: string;
let logs: string;
let api: WatchedLog;
let gateway: WatchedLog;
let desktop: Desktop;

const stamp = (ago: number): string => new Date(Date.now() - ago).toISOString();

function apiLine(ago: number, level: string, message: string, more: object = {}): string {
  return JSON.stringify({ time: stamp(ago), level, message, ...more });
}

beforeAll(async () => {
  [dataDirectory, logs] = [await temporaryDirectory(), await temporaryDirectory()];
  api = new WatchedLog(join(logs, 'orders-api.log'));
  gateway = new WatchedLog(join(logs, 'gateway.log'));
  await api.append(
    ...Array.from({ length: LINES }, (_, n) =>
      apiLine(600_000 - n * 100, n % 200 === 0 ? 'error' : 'info', `order ${n} accepted`, {
        user: n % 3 === 0 ? 'hana' : '管理者',
        order_id: `A-${n}`,
      }),
    ),
    apiLine(2000, 'error', 'order 9001 timed out', {
      trace_id: TRACE,
      span_id: '00f067aa0ba902b7',
      duration_ms: 640,
    }),
  );
  await gateway.append(
    `time=${stamp(2700)} level=info msg="request in" trace_id=${TRACE} span_id=aaaa67aa0ba90001`,
    `time=${stamp(1900)} level=warn msg="upstream slow" trace_id=${TRACE} span_id=aaaa67aa0ba90001 duration_ms=820`,
  );
  await writeSettings(
    dataDirectory,
    `logs: { discover: false, sources: [{ path: ${api.path} }, { path: ${gateway.path} }] }\n`,
  );
  desktop = await startYagura({ dataDirectory });
  await desktop.go('logs');
  await rows().filter({ hasText: 'timed out' }).first().waitFor();
});
afterAll(async () => {
  await desktop.close();
  await Promise.all([dataDirectory, logs].map(removeDirectory));
});

const rows = (): ReturnType<Desktop['page']['locator']> => desktop.page.locator('.stream [role=option]');
const field = (): ReturnType<Desktop['page']['locator']> => desktop.page.getByRole('combobox');
const matches = (): Promise<string | null> => desktop.page.locator('.query .result').first().textContent();

async function search(query: string): Promise<void> {
  await field().fill(query);
  await field().press('Enter');
}

test('a name and its value are completed while they are typed, and found by the keyboard alone', async () => {
  const { page } = desktop;
  await page.keyboard.press('/');
  await page.keyboard.type('le');
  await page.getByRole('option', { name: 'level:' }).waitFor();
  await page.keyboard.press('Tab');
  await page.getByRole('option', { name: 'level:error' }).waitFor();
  await page.keyboard.type('err');
  await expect
    .poll(() => page.getByRole('listbox', { name: 'could stand' }).getByRole('option').count())
    .toBe(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await field().inputValue()).toBe('level:error ');
  await page.keyboard.type('order_id:A-4*');
  await page.keyboard.press('Enter');
  // A-400; the other errors with a 4 in front lie at 4, 40 …, which are none.
  await expect.poll(matches).toMatch(/^1 match/);
});

test('a query in Japanese, by a field, is found with its escapes and without blanks', async () => {
  await search('user:管理者 OR 管理');
  await expect.poll(matches).toMatch(/^2,000 matches/);
});

test('what is no query is said with its place, and the last good one stays', async () => {
  await search('level:terrible');
  await desktop.page.getByRole('alert').filter({ hasText: 'At character 7 a level is expected' }).waitFor();
  expect(await rows().count()).toBeGreaterThan(0);
});

test('a click on a field searches for it, and with Shift leaves it out', async () => {
  await search('"timed out"');
  await rows().filter({ hasText: 'timed out' }).click();
  await desktop.page.locator('.inspector dd', { hasText: /^640/ }).locator('.value').click();
  await expect.poll(() => field().inputValue()).toBe('"timed out" duration_ms:640');
  await expect.poll(matches).toMatch(/^1 match/);
  await rows().filter({ hasText: 'timed out' }).click();
  await desktop.page
    .locator('.inspector dd', { hasText: /^640/ })
    .locator('.value')
    .click({ modifiers: ['Shift'] });
  await expect.poll(matches).toMatch(/^0 matches/);
});

test('a trace leads to its lines of all sources in order, and back to the stream', async () => {
  const { page } = desktop;
  await search('"timed out"');
  await rows().filter({ hasText: 'timed out' }).click();
  await page.getByRole('button', { name: 'Lines of this trace' }).click();
  const trace = page.locator('.trace');
  await trace.getByText('3 lines').waitFor();
  expect(await trace.locator('.lanes li').count()).toBe(2);
  expect(await trace.locator('.members .text').allTextContents()).toEqual([
    expect.stringContaining('request in'),
    expect.stringContaining('timed out'),
    expect.stringContaining('upstream slow'),
  ]);
  await page.keyboard.press('Escape');
  await trace.waitFor({ state: 'detached' });
  await rows().filter({ hasText: 'timed out' }).waitFor();
});

test('a line is on screen a moment after it is written, and passes the query or does not', async () => {
  await desktop.page.keyboard.press('End');
  await search('level:error "just now"');
  await expect.poll(matches).toMatch(/^0 matches/);
  await api.append(apiLine(0, 'info', 'just now, but not bad'), apiLine(0, 'error', 'just now and bad'));
  await rows().filter({ hasText: 'just now and bad' }).waitFor();
  expect(await rows().count()).toBe(1);
});

test('a stack trace joins up line by line as it is written, collapses and expands', async () => {
  await search('');
  await api.append(apiLine(0, 'error', 'order 9009 was lost'));
  await rows().filter({ hasText: 'order 9009' }).waitFor();
  await api.append('\tat shop.Orders.submit(Orders.java:214)', '\tat shop.Broker.send(Broker.java:88)');
  const last = rows().filter({ hasText: 'Broker.java' });
  const record = rows().filter({ hasText: 'order 9009' }).locator('[data-record]');
  await last.waitFor();
  await record.click();
  await last.waitFor({ state: 'detached' });
  expect(await record.textContent()).toBe('+2 lines');
  await api.append('\tat shop.Main.main(Main.java:3)');
  await desktop.page.keyboard.press('End');
  await expect.poll(() => record.textContent()).toBe('+3 lines');
  await record.click();
  await rows().filter({ hasText: 'Main.java' }).click();
  await desktop.page.keyboard.press('ArrowLeft');
  await last.waitFor({ state: 'detached' });
  await desktop.page.keyboard.press('O');
  await desktop.page.keyboard.press('O');
  // Open records need more room than there was: the newest may be below the rows that are drawn.
  await desktop.page.keyboard.press('End');
  await last.waitFor();
  await desktop.page.keyboard.press('Escape');
});

test('nothing of it was refused by the page or left without words', () => {
  expect(desktop.complaints).toEqual([]);
});
