import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { utilityProcess } from 'electron';

/** The running process of an engine, however it was started. */
export interface EngineChild {
  /** Undefined until it runs, or when it never did. */
  readonly pid: number | undefined;
  /** Called once, at the end or when it can't be started. */
  onEnd(listener: (end: ChildEnd) => void): void;
}

export interface ChildEnd {
  started: boolean;
  code?: number;
  signal?: string;
  detail?: string;
}

export type LaunchEngine = (file: string, args: string[]) => EngineChild;

/** better-sqlite3 needs it; in an older runtime it crashes the process. */
const NEEDED_NODE_API = 10;

/** YAGURA_NODE with this value: Electron's own runtime, whatever its Node-API. */
const BUILT_IN = 'built-in';

/**
 * How an engine is started here: as a process of Electron where its Node is new enough, otherwise under a Node on this
 * machine. That is the only difference; everything else goes through the socket.
 * @returns undefined when there is no Node it could run on
 */
export function chooseLauncher(
  environment: NodeJS.ProcessEnv,
  nodeApi = Number(process.versions['napi'] ?? 0),
): LaunchEngine | undefined {
  const wanted = environment['YAGURA_NODE'];
  if (wanted === BUILT_IN || (wanted === undefined && nodeApi >= NEEDED_NODE_API)) return launchBuiltIn;
  const node = wanted ?? packagedNode() ?? nodeOnPath(environment);
  return node === undefined ? undefined : (file, args) => launchUnder(node, file, args);
}

function launchBuiltIn(file: string, args: string[]): EngineChild {
  const child = utilityProcess.fork(file, args, { serviceName: 'Yagura engine', stdio: 'inherit' });
  const ended = new Promise<ChildEnd>((resolve) => {
    child.once('exit', (code) => resolve(endOfBuiltIn(code)));
  });
  return {
    get pid() {
      return child.pid;
    },
    onEnd: (listener) => void ended.then(listener),
  };
}

/** Electron tells a signal as its number. */
function endOfBuiltIn(code: number): ChildEnd {
  return { started: true, code };
}

function launchUnder(node: string, file: string, args: string[]): EngineChild {
  const child = spawn(node, [file, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<ChildEnd>((resolve) => {
    // A missing file gives neither spawn nor exit.
    child.once('error', (error) => resolve({ started: child.pid !== undefined, detail: error.message }));
    child.once('exit', (code, signal) => {
      const end: ChildEnd = { started: true };
      if (code !== null) end.code = code;
      if (signal !== null) end.signal = signal;
      resolve(end);
    });
  });
  return {
    get pid() {
      return child.pid;
    },
    onEnd: (listener) => void ended.then(listener),
  };
}

/** The Node that came with the packages of a clone. */
function packagedNode(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    const path = join(manifest, '..', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The engine itself refuses a Node that is too old, with words; so the first one is good enough here. */
function nodeOnPath(environment: NodeJS.ProcessEnv): string | undefined {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}
