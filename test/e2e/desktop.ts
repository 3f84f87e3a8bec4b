import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ElectronApplication, Page } from 'playwright-core';
import { launch } from './stand-in/desktop.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The built Yagura in a real Electron: its window, its engine, its data directory. */
export interface Desktop {
  app: ElectronApplication;
  page: Page;
  dataDirectory: string;
  /** What the page complained of: refused by the content security policy, uncaught errors, missing words. */
  complaints: string[];
  /** The process id of the engine as it runs now. */
  enginePid: () => Promise<number>;
  /** Goes to a screen, e.g. `logs` or `settings?page=sources`, and waits until it is drawn. */
  go: (screen: string) => Promise<void>;
  close: () => Promise<void>;
}

export interface DesktopOptions {
  dataDirectory: string;
  width?: number;
  height?: number;
  /** Leaves the first-run screen where it is due. */
  welcome?: boolean;
  /** Leaves the window as it opens. */
  asItOpens?: boolean;
  /** More arguments, e.g. `--demo`. */
  args?: readonly string[];
}

/** A directory of its own below the system's temporary one. */
export function temporaryDirectory(prefix = 'yagura-e2e-'): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix));
}

/** Removes what `temporaryDirectory` made. */
export function removeDirectory(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}

/** Starts the build in `out/` and waits until its engine answers. */
export async function startYagura(options: DesktopOptions): Promise<Desktop> {
  const {
    dataDirectory,
    width = 1440,
    height = 900,
    args = [],
    asItOpens = false,
    welcome = false,
  } = options;
  if (!welcome) await settle(dataDirectory);
  const switches = ['--lang=en-US', '--force-device-scale-factor=1', ...args];
  const app = await launch(root, dataDirectory, {}, switches);
  const page = await app.firstWindow();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  if (!asItOpens) {
    await app.evaluate(
      ({ BrowserWindow }, size) =>
        BrowserWindow.getAllWindows().forEach((each) => each.setContentSize(size.width, size.height)),
      { width, height },
    );
  }
  await page.waitForSelector(welcome ? '.welcome' : '.strip [data-state]');
  // The router hears of a changed address only once its first screen is there, a moment after the shell.
  if (!welcome) await page.waitForSelector('.screen > *');
  return {
    app,
    page,
    dataDirectory,
    complaints,
    enginePid: () => readEnginePid(args.includes('--demo') ? join(dataDirectory, 'demo') : dataDirectory),
    go: async (screen) => {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#/${screen}`);
      const [name = ''] = screen.split('?');
      await page.waitForSelector(`.${name}`);
    },
    close: () => app.close().catch(() => undefined),
  };
}

const ENGINE_START_MS = 15_000;

/** Waits for an engine that is starting. */
async function readEnginePid(dataDirectory: string): Promise<number> {
  const path = join(dataDirectory, 'engine.json');
  const deadline = Date.now() + ENGINE_START_MS;
  while (!existsSync(path) && Date.now() < deadline) await sleep(50);
  const text = await readFile(path, 'utf8');
  const file: unknown = JSON.parse(text);
  if (typeof file !== 'object' || file === null || !('pid' in file) || typeof file.pid !== 'number')
    throw new Error('engine.json names no process');
  return file.pid;
}

const WELCOMED = 'desktop: { welcomed: true }\n';

/** Settings as a person would write them, in the data directory; of somebody who has gone through the first run. */
export async function writeSettings(dataDirectory: string, yaml: string): Promise<void> {
  const whole = /^desktop:/m.test(yaml) ? yaml : WELCOMED + yaml;
  const file = join(dataDirectory, 'settings.yaml');
  // In one step: a file that is empty for a moment means the first run.
  await writeFile(`${file}.new`, whole);
  await rename(`${file}.new`, file);
}

/** A data directory without settings is one that the first-run screen waits for. */
async function settle(dataDirectory: string): Promise<void> {
  if (!existsSync(join(dataDirectory, 'settings.yaml'))) await writeSettings(dataDirectory, '');
}

/** A log that a server writes while we watch. */
export class WatchedLog {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  /** Appends lines, each with its newline, in one write. */
  append(...lines: readonly string[]): Promise<void> {
    return appendFile(this.path, lines.map((line) => `${line}\n`).join(''));
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** A line as nginx and Apache write it (combined), in UTC. */
export function accessLine(
  time: Date,
  address: string,
  request: string,
  { status = 200, bytes = 512, agent = 'Mozilla/5.0' } = {},
): string {
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(':');
  return `${address} - - [${day}:${clock} +0000] "${request}" ${status} ${bytes} "-" "${agent}"`;
}

/** A line as sshd writes it through syslog, in this machine's zone. */
export function authLine(time: Date, message: string, program = 'sshd[4242]'): string {
  const day = String(time.getDate()).padStart(2, ' ');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${MONTHS[time.getMonth()]} ${day} ${clock} gateway ${program}: ${message}`;
}
