import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  accessLine,
  authLine,
  removeDirectory,
  startYagura,
  temporaryDirectory,
  WatchedLog,
  type Desktop,
} from './desktop.ts';

/** One person's first hour with the built app: each test goes on where the one before it stopped. */
describe('from a fresh data directory to a restart', () => {
  const INJECTOR = '203.0.113.77';
  const GUESSER = '198.51.100.23';
  const INJECTION = 'GET /item?id=1%27%20UNION%20SELECT%20user,password%20FROM%20users--%20 HTTP/1.1';
  let dataDirectory: string;
  let logs: string;
  let access: WatchedLog;
  let auth: WatchedLog;
  let desktop: Desktop;

  beforeAll(async () => {
    [dataDirectory, logs] = [await temporaryDirectory(), await temporaryDirectory()];
    access = new WatchedLog(join(logs, 'shop-access.log'));
    auth = new WatchedLog(join(logs, 'auth.log'));
    await access.append(accessLine(new Date(), '192.0.2.10', 'GET /index.html HTTP/1.1'));
    await auth.append(authLine(new Date(), 'Accepted password for hana from 192.0.2.10 port 2222 ssh2'));
    desktop = await startYagura({ dataDirectory });
  });
  afterAll(async () => {
    await desktop.close();
    await Promise.all([dataDirectory, logs].map(removeDirectory));
  });

  const shows = (text: string | RegExp, timeout = 15_000): Promise<void> =>
    desktop.page.locator('.main').getByText(text).first().waitFor({ timeout });
  const alertRow = (text: string): ReturnType<Desktop['page']['locator']> =>
    desktop.page.locator('.alerts [role=option]').filter({ hasText: text });
  const chooseOption = async (name: string): Promise<void> => {
    await desktop.go('settings?page=general');
    await desktop.page.locator('.settings label', { hasText: name }).click();
    await desktop.page.keyboard.press('Control+s');
  };
  /** Set once; a page that was loaded anew has lost it. */
  const markPage = (): Promise<void> =>
    desktop.page.evaluate(() => void Object.assign(window, { sameDocument: true }));
  const isSamePage = (): Promise<boolean> =>
    desktop.page.evaluate(() => Reflect.get(window, 'sameDocument') === true);

  test('live readings of this machine appear with nothing configured', async () => {
    const figure = desktop.page.locator('.chart-panel', { hasText: 'Memory' }).locator('.figure');
    await expect.poll(() => figure.textContent(), { timeout: 20_000 }).toMatch(/^[\d.]+%$/);
    await shows('What I can see');
  });

  test('a log is added on the Settings screen and read', async () => {
    for (const log of [access, auth]) {
      await desktop.go('settings?page=sources');
      await desktop.page.fill('#new-source', log.path);
      // Enter looks at it, and once more adds it.
      await desktop.page.keyboard.press('Enter');
      await desktop.page.locator('.preview').waitFor();
      await desktop.page.keyboard.press('Enter');
      await desktop.page.locator('[role=grid]').getByText(basename(log.path)).first().waitFor();
    }
    await desktop.go('logs?q=192.0.2.10');
    await shows('/index.html');
    await shows('Accepted password for hana');
  });

  test('an attack written into a watched log is an alert on screen', async () => {
    await desktop.go('overview');
    await access.append(accessLine(new Date(), INJECTOR, INJECTION));
    await shows(`SQL injection from ${INJECTOR}`);
  });

  test('the fifth failed sign-in is an alert, not the fourth', async () => {
    const fail = (n: number): string =>
      authLine(new Date(), `Failed password for root from ${GUESSER} port ${4000 + n} ssh2`);
    await auth.append(...[1, 2, 3, 4].map(fail));
    await desktop.go('logs');
    await shows('port 4004');
    await desktop.go('alerts');
    await alertRow(INJECTOR).waitFor();
    expect(await alertRow(GUESSER).count()).toBe(0);
    await auth.append(fail(5));
    await alertRow(GUESSER).waitFor({ timeout: 15_000 });
    expect(await alertRow(GUESSER).count()).toBe(1);
  });

  test('an alert is acknowledged with the keyboard alone', async () => {
    const { page, go } = desktop;
    await go('overview');
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await alertRow(INJECTOR).waitFor();
    const injector = page.locator('.alerts [role=option].shown', { hasText: INJECTOR });
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    for (let row = 0; row < 10 && !(await injector.isVisible()); row += 1) await page.keyboard.press('j');
    await page.keyboard.press('a');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => injector.textContent()).not.toContain('not acknowledged');
  });

  test('who attacks and with what is told on Threats, and leads to the lines', async () => {
    const { page, go } = desktop;
    await go('threats');
    await page.locator(`.threats [role=option][data-address="${GUESSER}"]`).click();
    await shows('Password guessing');
    await expect.poll(() => page.locator('.evidence').textContent()).toContain('port 4005');
    await page.locator(`.threats [role=option][data-address="${INJECTOR}"]`).click();
    await expect.poll(() => page.locator('.evidence').textContent()).toContain('UNION%20SELECT');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.logs');
    await expect.poll(() => page.locator('.logs .stream .row').count()).toBe(1);
  });

  test('search, severities, pausing and the line inspector work on the log', async () => {
    const { page, go } = desktop;
    await page.getByRole('button', { name: 'Back to live' }).first().click({ timeout: 5000 });
    await go('overview');
    await go('logs');
    await shows('port 4005');
    await page.keyboard.press('/');
    await page.keyboard.type('failed PASSWORD -4003');
    await expect.poll(() => page.locator('.logs .stream .row').count()).toBe(4);
    await page.keyboard.press('Escape');
    await page.keyboard.press('k');
    const inspector = page.locator('.logs .inspector');
    await inspector.waitFor();
    await expect.poll(() => inspector.textContent()).toContain(GUESSER);
    await page.getByRole('button', { name: 'PAUSED' }).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: 'LIVE' }).waitFor();
    await page.getByRole('button', { name: 'Clear' }).first().click();
    await page.locator('.severities button', { hasText: 'Critical' }).click();
    await shows(/hidden/);
  });

  test('what a line contains is text, never markup or control', async () => {
    const { page, go } = desktop;
    const hostile = [
      `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`,
      '\u001b[31mred\u001b[0m \u202Edesrever\u202C end-of-trick',
      `long ${'A'.repeat(20_000)}`,
    ];
    const title = await page.title();
    await access.append(
      ...hostile.map((text, n) =>
        accessLine(new Date(), '192.0.2.66', 'GET / HTTP/1.1', { agent: `t${n} ${text}` }),
      ),
    );
    await go('overview');
    await go('logs?q=192.0.2.66');
    await expect.poll(() => page.locator('.logs .stream .row').count()).toBe(3);
    await shows('<img src=x onerror=');
    expect(await page.locator('.logs .stream .row img, .logs .stream .row script').count()).toBe(0);
    const text = (await page.locator('.logs .stream').textContent()) ?? '';
    expect(text).not.toMatch(/[\u001b\u202A-\u202E\u2066-\u2069]/u);
    expect(await page.title()).toBe(title);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(width).toBeLessThanOrEqual(0);
  });

  test('language and theme change at once, without loading the page anew', async () => {
    const { page } = desktop;
    await markPage();
    await chooseOption('日本語');
    await page.locator('.rail').getByText('脅威').waitFor();
    await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe('ja');
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await background();
    await chooseOption('明るい');
    await expect.poll(background).not.toBe(dark);
    await chooseOption('English');
    await page.locator('.rail').getByText('Threats').waitFor();
    await chooseOption('Dark');
    await expect.poll(background).toBe(dark);
    expect(await isSamePage()).toBe(true);
  });

  test('the engine killed in the middle: said, brought back, nothing lost, no call hangs', async () => {
    const { page, go, enginePid } = desktop;
    await go('overview');
    await markPage();
    const pid = await enginePid();
    process.kill(pid, 'SIGKILL');
    await access.append(accessLine(new Date(), '192.0.2.11', 'GET /written-while-away HTTP/1.1'));
    await shows(/Not watching since/);
    await page.getByText(/Not watching since/).waitFor({ state: 'detached', timeout: 30_000 });
    expect(await enginePid()).not.toBe(pid);
    await go('logs?q=written-while-away');
    await expect.poll(() => page.locator('.logs .stream .row').count(), { timeout: 15_000 }).toBe(1);
    await go('alerts');
    await alertRow(GUESSER).waitFor();
    expect(await alertRow(GUESSER).count()).toBe(1);
    expect(await isSamePage()).toBe(true);
  });

  test('after a restart alerts, acknowledgement, lines and readings are still there', async () => {
    const readings = (): Promise<number> =>
      desktop.page.locator('.chart-panel', { hasText: 'Memory' }).locator('tbody tr').count();
    await desktop.close();
    desktop = await startYagura({ dataDirectory });
    const { page, go } = desktop;
    await go('alerts');
    await alertRow(INJECTOR).waitFor();
    expect(await alertRow(INJECTOR).textContent()).not.toContain('not acknowledged');
    expect(await alertRow(GUESSER).textContent()).toContain('not acknowledged');
    await go('logs?q=UNION');
    await expect.poll(() => page.locator('.logs .stream .row').count()).toBe(1);
    await go('overview');
    const memory = page.locator('.chart-panel', { hasText: 'Memory' });
    await memory.hover();
    await memory.getByRole('button', { name: 'Show as table' }).click();
    // More than this engine can have taken in the moment since it started.
    await expect.poll(readings).toBeGreaterThan(2);
  });

  test('the page refuses what it must refuse and breaks none of its own rules', async () => {
    const { page, app, go, complaints } = desktop;
    for (const screen of ['overview', 'logs', 'threats', 'alerts', 'settings']) await go(screen);
    for (const name of ['sources', 'retention', 'masking', 'detection', 'alerts', 'connections', 'about'])
      await go(`settings?page=${name}`);
    expect(complaints).toEqual([]);

    const address = page.url();
    expect(await page.evaluate(() => window.open('https://example.invalid/') === null)).toBe(true);
    await page.evaluate(() => {
      location.href = 'https://example.invalid/';
    });
    const notification = await page.evaluate(() => Notification.requestPermission());
    expect(notification).toBe('denied');
    expect(page.url()).toBe(address);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });
});
