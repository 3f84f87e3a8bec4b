import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  buildDesktop,
  commandOf,
  startAlone,
  startDesktop,
  untilGone,
  type RunningDesktop,
} from './stand-in/desktop.ts';

let built: Awaited<ReturnType<typeof buildDesktop>>;
let desktop: RunningDesktop | undefined;

const start = async (environment?: Record<string, string>): Promise<RunningDesktop> => {
  desktop = await startDesktop(built.directory, environment);
  return desktop;
};

beforeAll(async () => {
  built = await buildDesktop();
});
afterEach(async () => {
  await desktop?.close();
  desktop = undefined;
});
afterAll(() => built.remove());

describe.each([
  ['an external Node', {}],
  ["Electron's own process", { YAGURA_NODE: 'built-in' }],
])('engine under %s', (_name, environment) => {
  test('a window opens, the engine answers and streams', async () => {
    const { until, enginePid, page, shown } = await start(environment);
    await until('phase', 'up');
    expect(await until('pid', /\d+/)).toBe(String(await enginePid()));
    await until('pushes', /^([3-9]|\d\d+)$/);
    await page.click('#ask');
    expect(await until('answer', /hello/)).toMatch(/^hello \d+$/);
    expect(await shown('live')).toBe('true');
  });

  test('killed in the middle, the window says so and comes back by itself', async () => {
    const { until, enginePid, page } = await start(environment);
    await until('pushes', /[1-9]/);
    const pid = await enginePid();
    await page.evaluate(() => {
      const phases: string[] = [];
      Object.assign(window, { phases });
      const output = document.getElementById('phase')!;
      new MutationObserver(() => phases.push(output.textContent)).observe(output, { childList: true });
    });
    process.kill(pid, 'SIGKILL');
    await until('generation', '2');
    await until('live', 'true');
    await until('pid', new RegExp(`^(?!${pid}$)\\d+$`));
    const phases = await page.evaluate(() => Reflect.get(window, 'phases') as string[]);
    expect(phases).toEqual(['down', 'starting', 'up']);
  });

  test('quitting lets the engine finish', async () => {
    const { app, until, enginePid, dataDirectory } = await start({
      ...environment,
      STAND_IN_DRAIN_MS: '700',
    });
    await until('phase', 'up');
    const pid = await enginePid();
    await app.close();
    expect(await readFile(join(dataDirectory, 'drained'), 'utf8')).toBe(String(pid));
    expect(await commandOf(pid)).toBeUndefined();
  });

  test('the desktop killed leaves no engine behind', async () => {
    const { app, until, enginePid } = await start(environment);
    await until('phase', 'up');
    const pid = await enginePid();
    app.process().kill('SIGKILL');
    await untilGone(pid);
  });
});

test('an engine that stands still is seen, ended and replaced', async () => {
  const { until, enginePid } = await start();
  await until('phase', 'up');
  const pid = await enginePid();
  process.kill(pid, 'SIGSTOP');
  await until('phase', 'silent');
  await until('generation', '2', 30_000);
  await until('live', 'true');
  await untilGone(pid);
});

test('an engine that goes on after standing still is kept', async () => {
  const { until, enginePid, shown } = await start();
  await until('phase', 'up');
  const pid = await enginePid();
  process.kill(pid, 'SIGSTOP');
  await until('phase', 'silent');
  process.kill(pid, 'SIGCONT');
  await until('phase', 'up');
  expect(await enginePid()).toBe(pid);
  expect(await shown('generation')).toBe('1');
});

test('an engine that refuses to start is told apart from one that crashed', async () => {
  const { until } = await start({ STAND_IN_REFUSES: '4' });
  const end = await until('end', /crashed/);
  expect(JSON.parse(end)).toMatchObject({ kind: 'crashed', code: 4 });
});

test('a missing Node is said', async () => {
  const { until } = await start({ YAGURA_NODE: '/nowhere/node' });
  expect(await until('end', /notStarted/)).toContain('ENOENT');
});

test('a second start brings the first window to the front and ends', async () => {
  const { app, until, dataDirectory } = await start();
  await until('phase', 'up');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.minimize());
  expect(await startAlone(built.directory, dataDirectory)).toBe(0);
  await expect
    .poll(() =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isMinimized())),
    )
    .toEqual([false]);
});

test('two data directories have two desktops', async () => {
  const first = await start();
  const second = await startDesktop(built.directory);
  try {
    await second.until('phase', 'up');
    await first.until('phase', 'up');
    expect(await second.enginePid()).not.toBe(await first.enginePid());
  } finally {
    await second.close();
  }
});
