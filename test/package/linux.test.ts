import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const output = join(root, 'dist', 'development-runtime');
const packed = join(output, 'linux-unpacked');
const node = process.execPath;
const ATTACK =
  '203.0.113.9 - - [10/Oct/2025:13:55:36 +0000] "GET /?id=1%27%20UNION%20SELECT%20password%20FROM%20users-- HTTP/1.1" 200 12 "-" "x"\n';

let directory: string;
let log: string;
let deb: string;

/** Runs a program to its end, with no display and the Node of the tests. */
async function say(
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env, YAGURA_NODE: node, ...environment };
  delete env['DISPLAY'];
  try {
    return { code: 0, ...(await run(program, [...args], { env })) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code: unknown = Reflect.get(error, 'code');
    if (typeof code !== 'number') throw error;
    const text = (name: string): string => String(Reflect.get(error, name));
    return { code, stdout: text('stdout'), stderr: text('stderr') };
  }
}

/** The packaged program in a window, until its engine says how things are. */
async function openWindow(program: string, data: string): Promise<string> {
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const env = { ...Object.fromEntries(inherited), YAGURA_NODE: node };
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: program,
    args: [...sandbox, '--lang=en-US', '--data', data],
    env,
  });
  try {
    const page = await app.firstWindow();
    await page.waitForSelector('.strip [data-state]', { timeout: 30_000 });
    expect(await app.evaluate((electron) => electron.app.isPackaged)).toBe(true);
    return await page.title();
  } finally {
    await app.close();
  }
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'yagura-package-'));
  log = join(directory, 'access.log');
  await writeFile(log, ATTACK);
  await run(node, [join(root, 'scripts/package.mjs'), 'linux', '--development-runtime']);
  deb = join(output, (await readdir(output)).find((name) => name.endsWith('.deb')) ?? '');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the packed folder', () => {
  test('holds the product and nothing of its making', async () => {
    const asar = join(root, 'node_modules/@electron/asar/bin/asar.js');
    const { stdout } = await run(node, [asar, 'list', join(packed, 'resources/app.asar')]);
    const files = stdout.trim().split('\n');
    expect(files).toContain('/out/main/app.js');
    const tops = new Set(files.map((file) => file.split('/')[1]));
    expect([...tops].sort()).toEqual(['node_modules', 'out', 'package.json', 'resources']);
    const packages = files.flatMap((file) => /^\/node_modules\/([^/]+)$/.exec(file)?.[1] ?? []);
    expect(packages).toEqual(['better-sqlite3']);
    expect(files.filter((file) => /\.(ts|vue|map|cpp|c)$|\.test\./.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.node'))).toEqual([
      `/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    ]);
    const { size } = await lstat(join(packed, 'resources/app.asar'));
    expect(size).toBeLessThan(15_000_000);
  });

  test('its Electron runs nobody else’s script', async () => {
    const { stdout } = await run(node, [
      join(root, 'node_modules/@electron/fuses/dist/bin.js'),
      'read',
      '--app',
      join(packed, 'yagura-desktop'),
    ]);
    expect(stdout).toMatch(/RunAsNode is Disabled/);
    expect(stdout).toMatch(/EnableNodeOptionsEnvironmentVariable is Disabled/);
    expect(stdout).toMatch(/OnlyLoadAppFromAsar is Enabled/);
    expect(stdout).toMatch(/EnableCookieEncryption is Enabled/);
  });

  test('names the licences of what it contains', async () => {
    const text = await readFile(join(packed, 'LICENSES.third-party.txt'), 'utf8');
    for (const name of ['vue 3', 'zod 4', 'better-sqlite3 13', 'pdfmake', '@expo-google-fonts/noto-sans-jp'])
      expect(text).toContain(name);
  });

  test('opens a window whose engine answers', async () => {
    const data = await mkdtemp(join(directory, 'window-'));
    expect(await openWindow(join(packed, 'yagura-desktop'), data)).toContain('Yagura');
    expect(existsSync(join(data, 'engine.json'))).toBe(false);
  });

  test('its files are the terminal product under Node', async () => {
    const cli = join(packed, 'resources/app.asar.unpacked/out/main/cli.js');
    const data = await mkdtemp(join(directory, 'node-'));
    expect((await say(node, [cli, 'scan', log])).stdout).toContain('sqli');
    expect((await say(node, [cli, 'ingest', log, '--data', data])).code).toBe(0);
    expect((await say(node, [cli, 'search', 'UNION', '--count', '--data', data])).stdout.trim()).toBe('1');
  });
});

describe('the Debian package', () => {
  test('names what it is, with root’s files and no stray permissions', async () => {
    const { stdout: control } = await run('dpkg-deb', ['--field', deb]);
    expect(control).toMatch(/^Package: yagura$/m);
    expect(control).toMatch(/^Depends: .*libnss3/m);
    const { stdout } = await run('dpkg-deb', ['--contents', deb], { maxBuffer: 10_000_000 });
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => !line.includes(' root/root '))).toEqual([]);
    expect(lines.filter((line) => /^[-d](.{4}w|.{7}w|..s)/.test(line))).toEqual([]);
  });

  test('installs, runs in terminal and window, and leaves nothing but data', async () => {
    // Where the tests are not root's the same files are looked at unpacked.
    const asRoot = process.getuid?.() === 0;
    const place = asRoot ? '/' : join(directory, 'root');
    if (asRoot) await run('dpkg', ['--install', deb]);
    else await run('dpkg-deb', ['--extract', deb, place]);
    const data = await mkdtemp(join(directory, 'deb-'));
    const yagura = join(place, 'usr/bin/yagura');
    try {
      expect((await say(yagura, ['--help'])).stdout).toContain('Usage: yagura');
      expect((await say(yagura, ['scan', log])).stdout).toContain('sqli');
      expect((await say(yagura, ['ingest', log, '--data', data])).code).toBe(0);
      expect((await say(yagura, ['search', 'UNION', '--count', '--data', data])).stdout.trim()).toBe('1');
      expect((await say(yagura, ['no-such-command'])).code).toBe(2);
      expect(await openWindow(join(place, 'usr/bin/yagura-desktop'), data)).toContain('Yagura');
    } finally {
      if (asRoot) await run('dpkg', ['--purge', 'yagura']);
      else await rm(place, { recursive: true, force: true });
    }
    for (const path of ['usr/bin/yagura', 'usr/lib/yagura', 'etc/apparmor.d/yagura', 'usr/share/doc/yagura'])
      expect(existsSync(join(place, path)), path).toBe(false);
    expect(existsSync(data)).toBe(true);
  });
});
