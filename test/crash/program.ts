import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Program {
  child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has said so far. */
  output: () => string;
  /** Resolves with the exit code, null when it was killed. */
  ended: Promise<number | null>;
}

/** Starts the built terminal product. */
export function yagura(...args: string[]): Program {
  const child = spawn(process.execPath, ['out/main/cli.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  let said = '';
  const listen = (bytes: Buffer): void => {
    said += bytes.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return {
    child,
    output: () => said,
    ended: once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null)),
  };
}

/** Polls until something is true. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
