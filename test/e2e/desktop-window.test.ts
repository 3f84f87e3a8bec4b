import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeDirectory, startYagura, temporaryDirectory, writeSettings, type Desktop } from './desktop.ts';
import { commandOf, launch, startAlone, untilGone } from './stand-in/desktop.ts';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

let dataDirectory: string;
let desktop: Desktop | undefined;
const running = (): Desktop => {
  if (desktop === undefined) throw new Error('not started');
  return desktop;
};
const start = async (asItOpens = true): Promise<Desktop> => {
  desktop = await startYagura({ dataDirectory, asItOpens });
  await desktop.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.yagura?.onEngineState(({ phase }) => {
          if (phase === 'up') resolve();
        });
      }),
  );
  return desktop;
};

beforeEach(async () => {
  dataDirectory = await temporaryDirectory();
  await writeSettings(dataDirectory, 'logs: { discover: false }\n');
});
afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
  await removeDirectory(dataDirectory);
});

/** Answers every message box with the button of this number, and counts them. */
async function answerDialogs({ app }: Desktop, response: number, checkboxChecked = false): Promise<void> {
  await app.evaluate(
    ({ dialog }, answer) => {
      Object.assign(globalThis, { asked: [] });
      dialog.showMessageBox = (...given: unknown[]) => {
        const asked: unknown = Reflect.get(globalThis, 'asked');
        if (Array.isArray(asked)) asked.push(given.at(-1));
        return Promise.resolve(answer);
      };
    },
    { response, checkboxChecked },
  );
}

const asked = ({ app }: Desktop): Promise<number> =>
  app.evaluate(() => {
    const list: unknown = Reflect.get(globalThis, 'asked');
    return Array.isArray(list) ? list.length : 0;
  });

const closeWindow = ({ app }: Desktop): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());

const boundsOf = ({ app }: Desktop) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds());

const readState = async (): Promise<unknown> =>
  JSON.parse(await readFile(join(dataDirectory, 'desktop', 'window.json'), 'utf8'));

test('a page hands over bytes: the system’s dialog is asked, the file is written for its user alone', async () => {
  const { app, page } = await start();
  const path = join(dataDirectory, 'saved.bin');
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = (...given: unknown[]) => {
      Object.assign(globalThis, { suggested: given.at(-1) });
      return Promise.resolve({ canceled: false, filePath });
    };
  }, path);
  const saved = await page.evaluate(async () => {
    const bytes = new Uint8Array(300_000).map((_, index) => index % 251);
    return window.yagura?.saveFile('../../report “a”.pdf', bytes);
  });
  expect(saved).toBe(path);
  const written = await readFile(path);
  expect(written).toEqual(Buffer.from(new Uint8Array(300_000).map((_, index) => index % 251)));
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const suggested = await app.evaluate(() => Reflect.get(globalThis, 'suggested') as { defaultPath: string });
  expect(suggested.defaultPath).toMatch(/[/\\]report “a”\.pdf$/);
  expect(suggested.defaultPath).not.toContain('..');

  await app.evaluate(({ dialog }) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: true, filePath: '' });
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: ['/srv/reports'] });
  });
  expect(await page.evaluate(() => window.yagura?.saveFile('x', new Uint8Array(1)))).toBeNull();
  expect(await page.evaluate(() => window.yagura?.chooseFolder())).toBe('/srv/reports');
  const refused = await page.evaluate(() =>
    window.yagura?.saveFile('x', Reflect.get({ text: 'no bytes' }, 'text') as never).catch(() => 'refused'),
  );
  expect(refused).toBe('refused');
});

test('the desktop tells what its processes use', async () => {
  const { page } = await start();
  await page.evaluate(() => window.yagura?.usage());
  const usage = await page.evaluate(() => window.yagura?.usage());
  expect(usage?.map(({ type }) => type)).toEqual(expect.arrayContaining(['main', 'page']));
  for (const { memoryBytes, cpuPercent } of usage ?? []) {
    expect(memoryBytes).toBeGreaterThan(1_000_000);
    expect(cpuPercent).toBeGreaterThanOrEqual(0);
  }
});

test('closed to keep watching: the engine goes on, a second start brings the window back, quitting ends both', async () => {
  const { app, enginePid } = await start();
  const pid = await enginePid();
  await answerDialogs(running(), 0);
  await closeWindow(running());
  // No tray under a virtual screen: it must not vanish into nothing.
  await expect.poll(() => asked(running())).toBe(1);
  const visible = (): Promise<boolean | undefined> =>
    app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      return window?.isVisible() === true && !window.isMinimized();
    });
  expect(await commandOf(pid)).toBeDefined();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  expect(await visible()).toBe(false);
  expect(await startAlone(root, dataDirectory)).toBe(0);
  await expect.poll(visible).toBe(true);
  expect(await enginePid()).toBe(pid);
  await app.evaluate(({ app: electron }) => electron.quit());
  await untilGone(pid);
});

test('started hidden with the session it has no window until somebody opens it, and again when it was let go', async () => {
  // The session's bus of a desktop that has a tray, as far as it is asked.
  const programs = join(dataDirectory, 'programs');
  await mkdir(programs);
  await writeFile(join(programs, 'gdbus'), '#!/bin/sh\necho "(true,)"\n', { mode: 0o755 });
  const path = `${programs}:${process.env['PATH'] ?? ''}`;
  const app = await launch(root, dataDirectory, { PATH: path }, ['--hidden']);
  try {
    const windows = (): Promise<boolean[]> =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible()));
    await expect.poll(() => existsSync(join(dataDirectory, 'engine.json')), { timeout: 15_000 }).toBe(true);
    expect(await windows()).toEqual([]);
    for (let round = 0; round < 2; round += 1) {
      expect(await startAlone(root, dataDirectory)).toBe(0);
      await expect.poll(windows, { timeout: 15_000 }).toEqual([true]);
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.destroy());
      expect(await windows()).toEqual([]);
    }
  } finally {
    await app.close();
  }
});

test('closed to quit, for good: the choice is in the settings and is not asked again', async () => {
  const { enginePid } = await start();
  const pid = await enginePid();
  await answerDialogs(running(), 1, true);
  await closeWindow(running()).catch(() => undefined);
  await untilGone(pid);
  expect(await readFile(join(dataDirectory, 'settings.yaml'), 'utf8')).toContain('whenClosed: quit');
});

test('cancelled, the window stays', async () => {
  const { app } = await start();
  await answerDialogs(running(), 2);
  await closeWindow(running());
  await expect.poll(() => asked(running())).toBe(1);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible())).toBe(true);
});

test('a page whose process is killed is back with live values, the engine was not touched', async () => {
  const { app, page, enginePid, go } = await start();
  const pid = await enginePid();
  await go('logs');
  const rendererPid = (): Promise<number | undefined> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId());
  for (let round = 0; round < 2; round += 1) {
    const before = await rendererPid();
    if (before === undefined) throw new Error('no renderer');
    process.kill(before, 'SIGKILL');
    await expect.poll(rendererPid, { timeout: 15_000 }).not.toBe(before);
    // Playwright's page does not survive its process: asked through main. A script in a page that is just being loaded
    // may never answer.
    const shown = (): Promise<unknown> =>
      app.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(
            `location.hash + ' ' + (document.querySelector('.strip [data-state]') !== null)`,
          ),
          new Promise((resolve) => setTimeout(resolve, 500, 'no answer')),
        ]),
      );
    await expect.poll(shown, { timeout: 15_000 }).toBe('#/logs true');
  }
  expect(await enginePid()).toBe(pid);
  expect(page).toBeDefined();
});

test('where the window was is known after kill -9, and garbage in its file harms nothing', async () => {
  const { app } = await start();
  const wanted = { x: 40, y: 30, width: 1320, height: 820 };
  await app.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
    wanted,
  );
  await expect.poll(readState).toMatchObject(wanted);
  const pid = await running().enginePid();
  app.process().kill('SIGKILL');
  await untilGone(pid);

  await start();
  expect(await boundsOf(running())).toEqual(wanted);
  const second = await running().enginePid();
  running().app.process().kill('SIGKILL');
  await untilGone(second);

  await writeFile(join(dataDirectory, 'desktop', 'window.json'), '{"x":4\u0000');
  await start();
  expect(await boundsOf(running())).toMatchObject({ width: 1440, height: 900 });
});

test('compact strip and wallboard leave the normal window’s place alone', async () => {
  const { app, page } = await start();
  const wanted = { x: 40, y: 30, width: 1320, height: 820 };
  await app.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
    wanted,
  );
  await expect.poll(readState).toMatchObject(wanted);
  const now = () =>
    app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      return {
        width: window?.getBounds().width,
        fullScreen: window?.isFullScreen(),
        onTop: window?.isAlwaysOnTop(),
      };
    });
  await page.evaluate(() => window.yagura?.setWindowMode('compact'));
  await expect.poll(now).toEqual({ width: 360, fullScreen: false, onTop: true });
  await page.evaluate(() => window.yagura?.setWindowMode('wallboard'));
  await expect.poll(now).toMatchObject({ fullScreen: true, onTop: false });
  expect(await readState()).toMatchObject(wanted);
  await page.evaluate(() => window.yagura?.setWindowMode('normal'));
  await expect.poll(now).toEqual({ width: 1320, fullScreen: false, onTop: false });
  expect(await boundsOf(running())).toEqual(wanted);
});
