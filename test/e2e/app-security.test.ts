import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { buildDesktop, startDesktop, type RunningDesktop } from './stand-in/desktop.ts';

let built: Awaited<ReturnType<typeof buildDesktop>>;

beforeAll(async () => {
  built = await buildDesktop();
});
afterAll(() => built.remove());

describe('a page', () => {
  let desktop: RunningDesktop;
  beforeAll(async () => {
    desktop = await startDesktop(built.directory);
    await desktop.until('phase', 'up');
  });
  afterAll(() => desktop.close());
  // Whatever was tried: the page is still ours, alone, and alive.
  afterEach(async () => {
    const pages = await desktop.app.evaluate(({ webContents }) =>
      webContents.getAllWebContents().map((contents) => contents.getURL()),
    );
    expect(pages).toEqual(['app://yagura/']);
    await desktop.until('live', 'true');
  });

  test.each(['https://example.com/', 'file:///etc/passwd', 'app://other/', 'data:text/html,x'])(
    'cannot be led away to %s',
    async (address) => {
      await desktop.page.evaluate((url) => {
        window.location.href = url;
      }, address);
      await expectStays(desktop);
    },
  );

  test.each(['https://example.com/', 'app://yagura/', 'about:blank', 'javascript:alert(1)'])(
    'cannot open a window at %s',
    async (address) => {
      expect(await desktop.page.evaluate((url) => window.open(url) === null, address)).toBe(true);
      expect(desktop.app.windows()).toHaveLength(1);
    },
  );

  test('cannot open a window by a link or a form', async () => {
    await desktop.page.evaluate(() => {
      const link = document.createElement('a');
      Object.assign(link, { href: 'https://example.com/', target: '_blank' });
      const form = document.createElement('form');
      Object.assign(form, { action: 'https://example.com/', target: '_blank' });
      document.body.append(link, form);
      link.click();
      form.submit();
    });
    await expectStays(desktop);
    expect(desktop.app.windows()).toHaveLength(1);
  });

  test('that empties itself is brought back', async () => {
    await desktop.page.evaluate(() => {
      window.location.href = 'about:blank';
    });
    await desktop.page.waitForURL('app://yagura/');
    await desktop.until('live', 'true');
  });

  test('may reload itself, and is served anew', async () => {
    await desktop.page.evaluate(() => {
      window.location.reload();
    });
    await desktop.page.waitForLoadState();
    await desktop.until('live', 'true');
  });

  test.each(['notifications', 'geolocation', 'camera', 'microphone', 'midi', 'persistent-storage'])(
    'is denied %s',
    async (name) => {
      const state = await desktop.page.evaluate(
        (permission) =>
          navigator.permissions.query({ name: permission as PermissionName }).then((status) => status.state),
        name,
      );
      expect(state).toBe('denied');
    },
  );

  test('is denied a place and notifications it asks for', async () => {
    const answers = await desktop.page.evaluate(async () => ({
      place: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('given'),
          (error) => resolve(error.code),
        );
      }),
      notifications: await Notification.requestPermission(),
    }));
    expect(answers).toEqual({ place: 1, notifications: 'denied' });
  });

  test('gets no page into a webview', async () => {
    const name = await desktop.page.evaluate(() => {
      const element = document.createElement('webview');
      element.setAttribute('src', 'https://example.com/');
      document.body.append(element);
      return element.constructor.name;
    });
    // An element like any unknown one: nothing stands behind it.
    expect(name).toBe('HTMLElement');
  });

  test('runs no inline script, no inline handler, no code from a text, and loads nothing from elsewhere', async () => {
    const result = await desktop.page.evaluate(async () => {
      const broken: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => broken.push(event.effectiveDirective));
      const ran: string[] = [];
      Object.assign(window, { ran });
      const script = document.createElement('script');
      script.textContent = 'window.ran.push("inline")';
      const handler = document.createElement('div');
      handler.innerHTML = '<img src="/missing.png" onerror="window.ran.push(\'handler\')">';
      const remote = document.createElement('script');
      remote.src = 'https://example.com/x.js';
      const image = document.createElement('img');
      image.src = 'https://example.com/x.png';
      const frame = document.createElement('iframe');
      frame.src = 'https://example.com/';
      // A page's own timer with a text: what eval is, and tried from the page itself.
      Reflect.apply(window.setTimeout.bind(window), undefined, ['window.ran.push("text")', 0]);
      document.body.append(script, handler, remote, image, frame);
      const fetched = await fetch('https://example.com/').then(
        () => 'fetched',
        () => 'refused',
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      frame.remove();
      return { ran, fetched, broken: [...new Set(broken)].sort() };
    });
    expect(result.ran).toEqual([]);
    expect(result.fetched).toBe('refused');
    expect(result.broken).toEqual([
      'connect-src',
      'frame-src',
      'img-src',
      'script-src',
      'script-src-attr',
      'script-src-elem',
    ]);
  });

  test('sees of the desktop exactly what is in the contract, and nothing of Node', async () => {
    const seen = await desktop.page.evaluate(() => ({
      yagura: Object.fromEntries(
        Object.entries(window.yagura ?? {}).map(([name, value]) => [name, typeof value]),
      ),
      versions: Object.keys(window.yagura?.versions ?? {}),
      node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', '__dirname'].filter(
        (name) => name in window,
      ),
    }));
    expect(seen).toEqual({
      yagura: {
        platform: 'string',
        versions: 'object',
        onEngineState: 'function',
        requestEnginePort: 'function',
        restartEngine: 'function',
        copyText: 'function',
        chooseLogFiles: 'function',
        chooseFolder: 'function',
        saveArchiveKey: 'function',
        saveFile: 'function',
        usage: 'function',
        autostart: 'object',
        setWindowMode: 'function',
        chooseBundle: 'function',
        showBundle: 'function',
        startDemo: 'function',
        onGoTo: 'function',
      },
      versions: ['electron', 'chromium', 'node'],
      node: [],
    });
  });

  test('gets the files of its own folder alone, with the policy on every answer', async () => {
    const answers = await desktop.page.evaluate(async () => {
      const get = async (path: string, init?: RequestInit): Promise<[number, boolean] | string> => {
        const answer = await fetch(path, init).catch(() => undefined);
        if (answer === undefined) return 'failed';
        return [
          answer.status,
          answer.headers.get('content-security-policy')?.startsWith("default-src 'self'") === true,
        ];
      };
      return {
        own: await get('/index.html'),
        missing: await get('/missing.js'),
        up: await get('/../main/app.js'),
        encoded: await get('/..%2Fmain%2Fapp.js'),
        twice: await get('/%2e%2e%2f%2e%2e%2fpackage.json'),
        backslash: await get('/..%5Cmain%5Capp.js'),
        absolute: await get('/%2Fetc%2Fpasswd'),
        zero: await get('/index.html%00.js'),
        broken: await get('/%E0%A4%A'),
        written: await get('/index.html', { method: 'POST', body: 'x' }),
      };
    });
    expect(answers).toEqual({
      own: [200, true],
      missing: [404, true],
      up: [404, true],
      encoded: [403, true],
      twice: [403, true],
      backslash: [404, true],
      absolute: [404, true],
      zero: [403, true],
      broken: [403, true],
      written: [403, true],
    });
  });

  test('gives only texts to the clipboard, and not endless ones', async () => {
    const copy = (value: unknown): Promise<string> =>
      desktop.page.evaluate(
        (text) =>
          window.yagura!.copyText(text as string).then(
            () => 'copied',
            () => 'refused',
          ),
        value,
      );
    expect(await copy('a text')).toBe('copied');
    expect(await desktop.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('a text');
    expect(await copy({ a: 1 })).toBe('refused');
    expect(await copy('x'.repeat(4_000_001))).toBe('refused');
  });
});

test('a page that is not ours gets nothing from the main process', async () => {
  const desktop = await startDesktop(built.directory);
  onTestFinished(() => desktop.close());
  await desktop.until('phase', 'up');
  // A window somebody made with our preload script: the sender is what is checked.
  const answer = await desktop.app.evaluate(
    async ({ BrowserWindow }, preload) => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      await window.loadURL('data:text/html,<p>foreign</p>');
      const said: unknown = await window.webContents.executeJavaScript(
        `Promise.allSettled([yagura.requestEnginePort(), yagura.restartEngine(), yagura.copyText('x'), yagura.chooseLogFiles()])
        .then((all) => all.map((each) => each.status + ' ' + (each.reason?.message ?? '')))`,
      );
      window.destroy();
      return said;
    },
    join(built.directory, 'out', 'preload', 'index.cjs'),
  );
  expect(answer).toHaveLength(4);
  for (const each of answer as string[]) expect(each).toMatch(/^rejected .*Not allowed\.$/);
});

describe('an engine that runs already', () => {
  test('is attached to, and goes on when the desktop quits', async () => {
    const dataDirectory = await emptyDirectory();
    const engine = await startEngine(dataDirectory);
    const desktop = await startDesktop(built.directory, {}, dataDirectory);
    await desktop.until('pid', String(engine.pid));
    await desktop.until('live', 'true');
    await desktop.app.close();
    expect(engine.exitCode).toBeNull();
    expect(existsSync(join(dataDirectory, 'drained'))).toBe(false);
  });

  test('of another version is left alone, and the window says so', async () => {
    const dataDirectory = await emptyDirectory();
    const engine = await startEngine(dataDirectory, { STAND_IN_PROTOCOL: '99' });
    const desktop = await startDesktop(built.directory, {}, dataDirectory);
    onTestFinished(() => desktop.close());
    const end: unknown = JSON.parse(await desktop.until('end', /otherVersion/));
    expect(end).toMatchObject({
      kind: 'otherVersion',
      reason: { key: 'desktop.engine.otherVersion', parameters: { version: '0.0.0' } },
    });
    expect(engine.exitCode).toBeNull();
  });

  async function emptyDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'yagura-data-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    return directory;
  }

  async function startEngine(
    dataDirectory: string,
    environment: Record<string, string> = {},
  ): Promise<ChildProcess> {
    const engine = spawn(
      process.execPath,
      [join(built.directory, 'out', 'main', 'engine.js'), '--data', dataDirectory],
      { env: { ...process.env, ...environment }, stdio: 'inherit' },
    );
    onTestFinished(() => void engine.kill('SIGKILL'));
    await expect.poll(() => existsSync(join(dataDirectory, 'engine.json')), { timeout: 10_000 }).toBe(true);
    return engine;
  }
});

/** A refused navigation makes no event: what comes later must still find the page in its place. */
async function expectStays(desktop: RunningDesktop): Promise<void> {
  await desktop.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  expect(desktop.page.url()).toBe('app://yagura/');
}
