/** Takes the pictures of docs/pictures: the built app, its own engine, made-up logs. `npm run screenshots`. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  removeDirectory,
  startYagura,
  temporaryDirectory,
  writeSettings,
  type Desktop,
} from '../e2e/desktop.ts';
import { knownReadings, writeAttack, writeOrdinaryLines, writeReadings, type SampleLogs } from './samples.ts';

const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const MAX_BYTES = 450_000;
/** Charts draw and lists settle. */
const SETTLE_MS = 1200;

interface Look {
  language: 'ja' | 'en';
  theme: 'dark' | 'light';
}

function settingsText(logs: SampleLogs, { language, theme }: Look): string {
  const sources = Object.values(logs).map(({ path }) => `    - path: ${JSON.stringify(path)}`);
  return [
    `display: { language: ${language}, theme: ${theme} }`,
    'logs:',
    '  discover: false',
    '  sources:',
    ...sources,
    '# The machine that takes pictures is busy taking them.',
    'thresholds: { cpuPercent: { warn: 101, critical: 101 } }',
    '',
  ].join('\n');
}

async function wear(desktop: Desktop, logs: SampleLogs, look: Look): Promise<void> {
  await writeSettings(desktop.dataDirectory, settingsText(logs, look));
  await desktop.page.waitForFunction(
    ({ language, theme }) =>
      document.documentElement.lang === language &&
      document.documentElement.classList.contains('dark') === (theme === 'dark'),
    look,
  );
}

async function resize(desktop: Desktop, width: number, height: number): Promise<void> {
  await desktop.app.evaluate(
    ({ BrowserWindow }, size) =>
      BrowserWindow.getAllWindows().forEach((each) => each.setContentSize(size.width, size.height)),
    { width, height },
  );
  await desktop.page.waitForFunction((wanted) => window.innerWidth === wanted, width);
}

async function take(desktop: Desktop, name: string): Promise<void> {
  await desktop.page.mouse.move(700, 4);
  await desktop.page.waitForTimeout(SETTLE_MS);
  const path = join(PICTURES, `${name}.png`);
  await desktop.page.screenshot({ path });
  const { size } = await stat(path);
  process.stdout.write(`${name}.png  ${Math.round(size / 1000)} kB\n`);
  if (size > MAX_BYTES) throw new Error(`${name}.png is larger than ${MAX_BYTES} bytes.`);
}

/** What this machine's readings are, to give them a past. */
async function readingsOfThisMachine(): Promise<ReturnType<typeof knownReadings>> {
  const dataDirectory = await temporaryDirectory();
  const desktop = await startYagura({ dataDirectory });
  await desktop.page.locator('.chart-panel .figure').first().waitFor();
  await desktop.page.waitForTimeout(7000);
  await desktop.close();
  const readings = knownReadings(dataDirectory, Date.now());
  await removeDirectory(dataDirectory);
  return readings;
}

async function logsPicture(desktop: Desktop, name: string): Promise<void> {
  const { page, go } = desktop;
  await go('logs');
  await page.locator('.logs .stream .row', { hasText: 'UNION' }).last().click();
  await page.locator('.logs .inspector dl dd').first().waitFor();
  await take(desktop, name);
}

/** Requests summed up by route. */
async function trafficPicture(desktop: Desktop, name: string): Promise<void> {
  await desktop.page.evaluate(() => {
    location.hash = '#/logs?pane=traffic';
  });
  await desktop.page.locator('.traffic [role=grid] [data-index]').first().waitFor();
  await take(desktop, name);
  await desktop.go('logs?pane=');
}

/** The list of sources, and all that is known of one. */
async function sourcesPicture(desktop: Desktop, logs: SampleLogs, name: string): Promise<void> {
  await desktop.go('settings?page=sources');
  await desktop.page.locator('[role=grid] [data-index]', { hasText: basename(logs.auth.path) }).click();
  await desktop.page.locator('.reading').waitFor();
  await take(desktop, name);
}

/** A format of one's own as it begins. */
async function formatPicture(desktop: Desktop, name: string): Promise<void> {
  const { page, go } = desktop;
  await go('settings?page=formats');
  await page.getByRole('button', { name: 'New format' }).click();
  await take(desktop, name);
}

async function threatsPicture(desktop: Desktop, name: string): Promise<void> {
  await desktop.go('threats');
  await desktop.page.locator('.threats [role=option]', { hasText: '198.51.100.23' }).click();
  await take(desktop, name);
}

async function alertsPicture(desktop: Desktop, name: string): Promise<void> {
  await desktop.go('alerts');
  await desktop.page.locator('.alerts [role=option]', { hasText: '203.0.113.77' }).first().click();
  await take(desktop, name);
}

/** No picture of Diagnosis: what it finds is the machine's own that takes the pictures, not a made-up one. */
async function reportsPicture(desktop: Desktop, name: string): Promise<void> {
  const { page, go } = desktop;
  await go('reports');
  await page.locator('.reports .center button').click();
  await page.locator('dialog footer .el-button--primary').click();
  await page.locator('.reports .sheet canvas').first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(2 * SETTLE_MS);
  await take(desktop, name);
}

async function takeAll(desktop: Desktop, logs: SampleLogs): Promise<void> {
  const { page, go, enginePid } = desktop;
  await page.waitForTimeout(6000);
  await writeAttack(logs, Date.now());
  await page.locator('.overview').getByText('203.0.113.77').first().waitFor();
  await page.waitForTimeout(12_000);
  await take(desktop, 'overview-dark-en');
  await logsPicture(desktop, 'logs-dark-en');
  await threatsPicture(desktop, 'threats-dark-en');
  await trafficPicture(desktop, 'traffic-dark-en');
  await go('settings?page=retention');
  await take(desktop, 'retention-dark-en');
  await sourcesPicture(desktop, logs, 'sources-dark-en');
  await formatPicture(desktop, 'formats-dark-en');
  await wear(desktop, logs, { language: 'en', theme: 'light' });
  await alertsPicture(desktop, 'alerts-light-en');

  await wear(desktop, logs, { language: 'ja', theme: 'light' });
  await go('overview');
  await take(desktop, 'overview-light-ja');
  await logsPicture(desktop, 'logs-light-ja');
  await trafficPicture(desktop, 'traffic-light-ja');
  await wear(desktop, logs, { language: 'ja', theme: 'dark' });
  await go('overview');
  await take(desktop, 'overview-dark-ja');
  await alertsPicture(desktop, 'alerts-dark-ja');
  await reportsPicture(desktop, 'reports-dark-ja');
  await resize(desktop, 1280, 800);
  await threatsPicture(desktop, 'threats-dark-ja-1280x800');
  await resize(desktop, 1440, 900);
  await go('overview');
  await page.waitForTimeout(SETTLE_MS);
  process.kill(await enginePid(), 'SIGSTOP');
  await page.locator('.verdict .restart').waitFor({ timeout: 40_000 });
  await take(desktop, 'engine-down-dark-ja');
}

await mkdir(PICTURES, { recursive: true });
const readings = await readingsOfThisMachine();
const [dataDirectory, logDirectory] = [await temporaryDirectory(), await temporaryDirectory('shop-')];
const logs = await writeOrdinaryLines(logDirectory, Date.now());
await writeSettings(dataDirectory, settingsText(logs, { language: 'en', theme: 'dark' }));
writeReadings(dataDirectory, readings, Date.now());
const desktop = await startYagura({ dataDirectory });
try {
  await takeAll(desktop, logs);
} finally {
  await desktop.close();
  await Promise.all([dataDirectory, logDirectory].map(removeDirectory));
}
