import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { Message } from '../../src-preload/contract/shared.ts';
import { canRunEngine } from '../needed-node.ts';
import { listenForReason } from './last-words.ts';
import { findNode } from './node-runtime.ts';

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
  /** Why, where it said so. */
  reason?: Message | undefined;
}

export type LaunchEngine = (file: string, args: string[]) => EngineChild;

/** How an engine can be started here, or why it can't. */
export type LaunchChoice = { launch: LaunchEngine } | { reason: Message; detail: string };

/** YAGURA_NODE with this value: Electron's own runtime, whatever it can do. */
const BUILT_IN = 'built-in';

/**
 * How an engine is started here: as a process of Electron where its Node is new enough, otherwise under a Node on this
 * machine. That is the only difference; everything else goes through the socket.
 */
export async function chooseLauncher(environment: NodeJS.ProcessEnv): Promise<LaunchChoice> {
  const wanted = environment['YAGURA_NODE'];
  if (wanted === BUILT_IN || (wanted === undefined && canRunEngine())) return { launch: launchBuiltIn };
  const choice = await findNode({
    wanted,
    packaged: packagedNode(),
    searchPath: environment['PATH'],
    platform: process.platform,
  });
  return 'path' in choice ? { launch: (file, args) => launchUnder(choice.path, file, args) } : choice;
}

function launchBuiltIn(file: string, args: string[]): EngineChild {
  const child = utilityProcess.fork(file, args, {
    serviceName: 'Yagura engine',
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const reason = child.stderr === null ? undefined : listenForReason(child.stderr, process.stderr);
  const ended = new Promise<ChildEnd>((resolve) => {
    // Electron tells a signal as its number.
    child.once('exit', (code) => {
      void (async () => resolve({ started: true, code, reason: await reason?.() }))();
    });
  });
  return {
    get pid() {
      return child.pid;
    },
    onEnd: (listener) => void ended.then(listener),
  };
}

function launchUnder(node: string, file: string, args: string[]): EngineChild {
  const child = spawn(node, [file, ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
  const reason = listenForReason(child.stderr, process.stderr);
  const ended = new Promise<ChildEnd>((resolve) => {
    // A missing file gives neither spawn nor exit.
    child.once('error', (error) => resolve({ started: child.pid !== undefined, detail: error.message }));
    child.once('exit', (code, signal) => {
      const end: ChildEnd = { started: true };
      if (code !== null) end.code = code;
      if (signal !== null) end.signal = signal;
      void (async () => resolve({ ...end, reason: await reason() }))();
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
