import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { desktopEntry } from '../../src-main/app/autostart-desktop-entry.ts';
import { createAutostart, type AutostartOptions } from '../../src-main/app/autostart.ts';
import { ownCommand } from '../../src-main/app/own-command.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'yagura-autostart-'));
});
afterEach(() => rm(home, { recursive: true }));

type LoginItem = Parameters<AutostartOptions['app']['setLoginItemSettings']>[0];

/** The part of Electron that is asked, remembering what it was told. */
function fakeApp(isPackaged: boolean) {
  const told: LoginItem[] = [];
  const app: AutostartOptions['app'] = {
    isPackaged,
    getPath: () => home,
    getLoginItemSettings: () => ({
      openAtLogin: told.at(-1)?.openAtLogin ?? false,
      openAsHidden: false,
      wasOpenedAtLogin: false,
      wasOpenedAsHidden: false,
      restoreState: false,
      status: 'not-registered',
      executableWillLaunchAtLogin: false,
      launchItems: [],
    }),
    setLoginItemSettings: (settings) => {
      told.push(settings);
    },
  };
  return { app, told };
}

const command = { program: '/opt/Yagura/yagura', args: [] };

describe('on Linux', () => {
  const file = (): string => join(home, '.config', 'autostart', 'yagura.desktop');
  const autostart = (environment: NodeJS.ProcessEnv = {}) =>
    createAutostart({
      app: fakeApp(true).app,
      platform: 'linux',
      environment,
      command,
      args: ['--data', '/srv/desk data'],
    });

  test('nothing is written by itself', async () => {
    expect(await autostart().get()).toEqual({ supported: true, enabled: false });
    expect(await readdir(home)).toEqual([]);
  });

  test('switched on it starts hidden with the same data, switched off it is gone', async () => {
    expect(await autostart().set(true)).toEqual({ supported: true, enabled: true });
    expect(await readFile(file(), 'utf8')).toContain(
      'Exec=/opt/Yagura/yagura --data "/srv/desk data" --hidden\n',
    );
    expect(await autostart().get()).toEqual({ supported: true, enabled: true });
    expect(await autostart().set(false)).toEqual({ supported: true, enabled: false });
    expect(await autostart().set(false)).toEqual({ supported: true, enabled: false });
  });

  test.each(['Hidden=true', 'X-GNOME-Autostart-enabled=false'])(
    'switched off by the session with %s counts as off, and on again replaces it',
    async (line) => {
      await mkdir(dirname(file()), { recursive: true });
      await writeFile(file(), `[Desktop Entry]\nExec=yagura\n${line}\n`);
      expect((await autostart().get()).enabled).toBe(false);
      expect((await autostart().set(true)).enabled).toBe(true);
    },
  );

  test('XDG_CONFIG_HOME is where it belongs', async () => {
    await autostart({ XDG_CONFIG_HOME: join(home, 'elsewhere') }).set(true);
    expect(await readdir(join(home, 'elsewhere', 'autostart'))).toEqual(['yagura.desktop']);
  });

  test.each([
    ['a space', '/opt/my app/yagura', '"/opt/my app/yagura"'],
    ['a percent sign, doubled since it begins a field code', '/opt/100%/yagura', '"/opt/100%%/yagura"'],
    [
      'quotes and dollars, escaped within quotes and once more in the file',
      '/o"p$t/`y',
      '"/o\\\\"p\\\\$t/\\\\`y"',
    ],
    ['a backslash: four', 'C:\\y', '"C:\\\\\\\\y"'],
    ['a line break, which would begin another key', 'a\nExec=evil', '"a\\nExec=evil"'],
    ['a semicolon', '/a;b', '"/a;b"'],
    ['nothing special', '/opt/Yagura-1.0/yagura', '/opt/Yagura-1.0/yagura'],
  ])('a path with %s', (_name, program, written) => {
    const lines = desktopEntry({ program, args: [] }).split('\n');
    expect(lines.filter((line) => line.startsWith('Exec='))).toEqual([`Exec=${written}`]);
  });
});

describe('on Windows and macOS (Electron’s own interface, recorded; never run there)', () => {
  test('Windows: the program with its arguments', async () => {
    const { app, told } = fakeApp(true);
    const autostart = createAutostart({ app, platform: 'win32', environment: {}, command, args: [] });
    expect(await autostart.get()).toEqual({ supported: true, enabled: false });
    expect(await autostart.set(true)).toEqual({ supported: true, enabled: true });
    expect(told).toEqual([{ path: command.program, args: ['--hidden'], openAtLogin: true }]);
    expect(await autostart.set(false)).toEqual({ supported: true, enabled: false });
  });

  test('macOS: only the packaged app', async () => {
    const { app, told } = fakeApp(false);
    const autostart = createAutostart({ app, platform: 'darwin', environment: {}, command, args: [] });
    expect(await autostart.set(true)).toEqual({ supported: false, enabled: false });
    expect(told).toEqual([]);
  });
});

describe('how we are started', () => {
  const running = {
    execPath: '/opt/yagura/yagura',
    appImage: undefined,
    packaged: true,
    appPath: '/opt/yagura/resources/app.asar',
    switches: ['--no-sandbox'],
  };
  test('packaged: the program', () => {
    expect(ownCommand(running)).toEqual({ program: '/opt/yagura/yagura', args: ['--no-sandbox'] });
  });
  test('from an AppImage: the file, since what it unpacked is gone when it ends', () => {
    const program = '/home/desk/Yagura.AppImage';
    expect(ownCommand({ ...running, appImage: program })).toEqual({ program, args: ['--no-sandbox'] });
  });
  test('from a clone: Electron with the folder', () => {
    expect(ownCommand({ ...running, packaged: false, appPath: '/src/yagura' })).toEqual({
      program: '/opt/yagura/yagura',
      args: ['--no-sandbox', '/src/yagura'],
    });
  });
});
