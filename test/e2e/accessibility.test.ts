import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accessLine,
  authLine,
  removeDirectory,
  startYagura,
  temporaryDirectory,
  WatchedLog,
  writeSettings,
  type Desktop,
} from './desktop.ts';

const LOOKS = ['dark', 'light'].flatMap((theme) => ['ja', 'en'].map((language) => ({ theme, language })));
const SETTINGS_PAGES = [
  'general',
  'sources',
  'retention',
  'masking',
  'detection',
  'alerts',
  'diagnosis',
  'connections',
  'itself',
  'about',
];
const SCREENS = [
  ...['overview', 'logs', 'threats', 'alerts', 'diagnosis', 'reports'],
  ...SETTINGS_PAGES.map((name) => `settings?page=${name}`),
];

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

let axe: string;
let dataDirectory: string;
let logs: string;
let access: WatchedLog;
let auth: WatchedLog;
let desktop: Desktop;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  [dataDirectory, logs] = [await temporaryDirectory(), await temporaryDirectory()];
  access = new WatchedLog(join(logs, 'shop-access.log'));
  auth = new WatchedLog(join(logs, 'auth.log'));
  await wear('dark', 'en', false);
  desktop = await startYagura({ dataDirectory });
});
afterAll(async () => {
  await desktop.close();
  await Promise.all([dataDirectory, logs].map(removeDirectory));
});

/** Writes the settings as a person would; the running app follows the file. */
function wear(theme: string, language: string, withLogs = true): Promise<void> {
  const sources = withLogs
    ? `[{ path: ${JSON.stringify(access.path)} }, { path: ${JSON.stringify(auth.path)} }]`
    : '[]';
  return writeSettings(
    dataDirectory,
    `display: { language: ${language}, theme: ${theme} }\nlogs: { discover: false, sources: ${sources} }\n`,
  );
}

async function isWorn(theme: string, language: string): Promise<void> {
  await desktop.page.waitForFunction(
    (wanted) =>
      document.documentElement.lang === wanted.language &&
      document.documentElement.classList.contains('dark') === (wanted.theme === 'dark'),
    { theme, language },
  );
}

/** As text, since what it calls is known only in the page. What is half faded in has another contrast. */
const RUN = `(() => {
  for (const each of document.getAnimations())
    if (each.effect?.getComputedTiming().iterations === 1) each.finish();
  return axe.run(document, { resultTypes: ['violations'] });
})()`;

/** Serious and critical findings of the screen shown, one line each. */
async function findings(): Promise<string[]> {
  const { page } = desktop;
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const results = await page.evaluate<AxeResults>(RUN);
  expect(results.passes.length).toBeGreaterThan(0);
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
}

async function findingsOnAll(screens: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const screen of screens) {
    await desktop.go(screen);
    await desktop.page.waitForTimeout(SETTLE_MS);
    const list = await findings();
    if (list.length > 0) found[screen] = list;
  }
  return found;
}
/** Answers arrive and are drawn; nothing tells when a screen that may stay empty has settled. */
const SETTLE_MS = 250;

describe.each(LOOKS)('$theme, $language', ({ theme, language }) => {
  test('no screen has a serious finding while there is nothing to show', async () => {
    await wear(theme, language, false);
    await isWorn(theme, language);
    expect(await findingsOnAll(SCREENS)).toEqual({});
  });
});

describe('with lines, attacks and alerts', () => {
  beforeAll(async () => {
    await access.append(accessLine(new Date(), '192.0.2.10', 'GET /index.html HTTP/1.1'));
    await auth.append(authLine(new Date(), 'Accepted password for hana from 192.0.2.10 port 2222 ssh2'));
    await auth.append(authLine(new Date(), `slow trace_id=${TRACE} span_id=00f067aa0ba902b7 took=640ms`));
    await wear('dark', 'en');
    await isWorn('dark', 'en');
    await desktop.go('logs?q=192.0.2.10');
    await desktop.page.locator('.logs .stream .row').nth(1).waitFor();
    await access.append(
      accessLine(new Date(), '203.0.113.7', 'GET /?q=%3Cscript%3Ealert(1)%3C/script%3E HTTP/1.1'),
    );
    await auth.append(
      ...[1, 2, 3, 4, 5].map((n) =>
        authLine(new Date(), `Failed password for root from 198.51.100.23 port ${4000 + n} ssh2`),
      ),
    );
    await desktop.go('alerts');
    await desktop.page.locator('.alerts [role=option]', { hasText: '198.51.100.23' }).waitFor();
  });

  test.each(LOOKS)('no screen has a serious finding: $theme, $language', async ({ theme, language }) => {
    await wear(theme, language);
    await isWorn(theme, language);
    expect(await findingsOnAll(SCREENS)).toEqual({});
    await desktop.go('logs');
    await desktop.page.locator('.logs .stream .row').last().click();
    await desktop.page.locator('.inspector').waitFor();
    expect(await findings()).toEqual([]);
  });

  test.each(LOOKS)(
    'neither has a query in hand or a trace: $theme, $language',
    async ({ theme, language }) => {
      const { page } = desktop;
      await wear(theme, language);
      await isWorn(theme, language);
      await desktop.go(`logs?q=${TRACE}`);
      await page.locator('.logs .stream .row', { hasText: TRACE }).last().click();
      // It comes with the line's fields, after the buttons beside it.
      await page.locator('.inspector header .acts button', { hasText: /trace|トレース/i }).click();
      await page.locator('.trace .lanes li').first().waitFor();
      expect(await findings()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('combobox').fill('level:');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
      expect(await findings()).toEqual([]);
      await page.getByRole('combobox').fill('level:terrible');
      await page.getByRole('alert').first().waitFor();
      expect(await findings()).toEqual([]);
    },
  );

  test('everything is reached with Tab, and what has the focus shows it', async () => {
    const { page, go } = desktop;
    for (const screen of SCREENS) {
      await go(screen);
      await page.waitForTimeout(SETTLE_MS);
      // From the page's beginning: what had the focus before is where Tab would go on from.
      await page.evaluate(() => {
        document.body.tabIndex = -1;
        document.body.focus();
        document.body.removeAttribute('tabindex');
      });
      const wanted = await page.evaluate(() => document.querySelectorAll('.rail a').length);
      let inRail = 0;
      let inMain = 0;
      for (let step = 0; step < 40; step += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const element = document.activeElement;
          if (!(element instanceof HTMLElement) || element === document.body) return undefined;
          let shown = false;
          for (let each: HTMLElement | null = element; each !== null && !shown; each = each.parentElement) {
            const style = getComputedStyle(each);
            shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
          }
          const place = element.closest('.rail') ? 'rail' : element.closest('.main') ? 'main' : 'bar';
          return { place, shown, html: element.outerHTML.slice(0, 120) };
        });
        if (at === undefined) break;
        expect(at, `focus on ${screen}`).toMatchObject({ shown: true });
        if (at.place === 'rail') inRail += 1;
        if (at.place === 'main') inMain += 1;
      }
      expect(inRail, screen).toBeGreaterThanOrEqual(wanted);
      expect(inMain, screen).toBeGreaterThan(0);
    }
  });

  test.each(LOOKS)(
    'no screen has a serious finding while the engine is away: $theme, $language',
    async (look) => {
      await wear(look.theme, look.language);
      await isWorn(look.theme, look.language);
      const pid = await desktop.enginePid();
      await desktop.go('overview');
      // Stopped rather than killed: it stays away for as long as the screens are looked at.
      process.kill(pid, 'SIGSTOP');
      await desktop.page.locator('.verdict .restart').waitFor({ timeout: 30_000 });
      try {
        expect(
          await findingsOnAll(['overview', 'logs', 'threats', 'alerts', 'settings?page=sources']),
        ).toEqual({});
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await desktop.go('overview');
      await desktop.page.locator('.verdict .restart').waitFor({ state: 'detached', timeout: 30_000 });
    },
  );
});
