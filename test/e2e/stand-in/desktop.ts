import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { build, type InlineConfig } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const here = fileURLToPath(new URL('.', import.meta.url));

/** A desktop with a stand-in engine and a stand-in page, built from the sources into a directory of its own. */
export async function buildDesktop(): Promise<{ directory: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'yagura-desktop-'));
  const manifest = { name: 'yagura', version: '0.0.0', type: 'module', main: 'out/main/app.js' };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  await mkdir(join(directory, 'out'));
  await cp(join(root, 'resources'), join(directory, 'resources'), { recursive: true });
  await build(
    nodeConfig(join(directory, 'out/main'), 'es', '[name].js', {
      app: join(root, 'src-main/app/index.ts'),
      engine: join(root, 'test/fixtures/stand-in-engine.ts'),
    }),
  );
  await build(
    nodeConfig(join(directory, 'out/preload'), 'cjs', '[name].cjs', {
      index: join(root, 'src-preload/index.ts'),
    }),
  );
  await build({
    configFile: false,
    root: here,
    logLevel: 'error',
    build: {
      outDir: join(directory, 'out/renderer'),
      target: 'chrome130',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}

function nodeConfig(
  outDir: string,
  format: 'es' | 'cjs',
  entryFileNames: string,
  input: Record<string, string>,
): InlineConfig {
  return {
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      target: 'node20.18',
      minify: false,
      rolldownOptions: {
        input,
        external: ['electron', 'bufferutil', 'utf-8-validate'],
        output: { format, entryFileNames },
      },
    },
  };
}

export interface RunningDesktop {
  app: ElectronApplication;
  page: Page;
  dataDirectory: string;
  /** The text of the page's output. */
  shown: (id: string) => Promise<string>;
  /** Waits until the page's output is as wanted. */
  until: (id: string, wanted: string | RegExp, timeoutMs?: number) => Promise<string>;
  enginePid: () => Promise<number>;
  close: () => Promise<void>;
}

/**
 * Starts it under the Electron that ELECTRON_EXEC_PATH names.
 * @param environment more variables
 * @param existing data directory, e.g. of an engine that runs; otherwise a new one
 */
export async function startDesktop(
  directory: string,
  environment: Record<string, string> = {},
  existing?: string,
): Promise<RunningDesktop> {
  const dataDirectory = existing ?? (await mkdtemp(join(tmpdir(), 'yagura-data-')));
  const app = await launch(directory, dataDirectory, environment);
  const page = await app.firstWindow();
  const shown = async (id: string): Promise<string> => (await page.locator(`#${id}`).textContent()) ?? '';
  return {
    app,
    page,
    dataDirectory,
    shown,
    until: async (id, wanted, timeoutMs = 15_000) => {
      const pattern = typeof wanted === 'string' ? `^${wanted}$` : wanted.source;
      // The text that matched, not one read later: the next may be there by then.
      const matched = await page.waitForFunction(
        ([element, source]) => {
          const text = document.getElementById(element)?.textContent ?? '';
          return new RegExp(source).test(text) ? { text } : null;
        },
        [id, pattern] as const,
        { timeout: timeoutMs, polling: 20 },
      );
      const found = await matched.jsonValue();
      return found?.text ?? '';
    },
    enginePid: () => readEnginePid(dataDirectory),
    close: async () => {
      await app.close().catch(() => undefined);
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

export function launch(
  directory: string,
  dataDirectory: string,
  environment: Record<string, string>,
  switches: readonly string[] = [],
): Promise<ElectronApplication> {
  return _electron.launch(commandLine(directory, dataDirectory, environment, switches));
}

/**
 * Starts it as a user does, with nothing attached.
 * @returns its exit code
 */
export async function startAlone(directory: string, dataDirectory: string): Promise<number | null> {
  const { executablePath, args, env } = commandLine(directory, dataDirectory, {});
  const child = spawn(executablePath, args, { env, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

function commandLine(
  directory: string,
  dataDirectory: string,
  environment: Record<string, string>,
  switches: readonly string[] = [],
): { executablePath: string; args: string[]; env: Record<string, string> } {
  const executablePath = process.env['ELECTRON_EXEC_PATH'];
  if (executablePath === undefined) throw new Error('ELECTRON_EXEC_PATH names no Electron.');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return {
    executablePath,
    args: [...sandbox, ...switches, directory, '--data', dataDirectory],
    env: { ...inherited(), YAGURA_NODE: process.execPath, ...environment },
  };
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function readEnginePid(dataDirectory: string): Promise<number> {
  const file = JSON.parse(await readFile(join(dataDirectory, 'engine.json'), 'utf8')) as { pid: number };
  return file.pid;
}

/** The command line of a process, or undefined when it is gone (or a zombie). */
export async function commandOf(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,args=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  const line = stdout.trim();
  return line === '' || line.startsWith('Z') ? undefined : line;
}

/** Waits for a process to be gone. */
export async function untilGone(pid: number, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while ((await commandOf(pid)) !== undefined) {
    if (Date.now() > deadline) throw new Error(`process ${pid} still runs`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
