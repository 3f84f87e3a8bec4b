import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import type { HostProbe, ProbeAnswer, ProbedFile, ProbedOutput } from '../host-probe.ts';
import { classifiedError } from './failure.ts';
import { runProgram } from './run-program.ts';

/** As host-probe.ts promises. */
const MAX_BYTES = 4 * 1024 * 1024;
/** A network drive that is gone lets a call hang for minutes; then the check is unknown. */
const FILE_TIMEOUT_MS = 5_000;
/** More than any directory a check looks into holds; `/tmp` of a busy machine may. */
const MAX_NAMES = 100_000;

/**
 * This machine, for one run: answers are kept, so that ten checks read `sshd_config` once, and no two of them see
 * different states of it.
 * @param signal ends programs that are under way
 */
export function systemProbe(signal: AbortSignal): HostProbe {
  const files = new Kept<string>();
  const directories = new Kept<string[]>();
  const states = new Kept<ProbedFile>();
  const outputs = new Kept<ProbedOutput>();
  return {
    platform: supportedPlatform(process.platform),
    privileged: process.getuid?.() === 0,
    read: (path) => files.get(path, () => inTime(path, readText(path))),
    list: (path) => directories.get(path, () => inTime(path, listNames(path))),
    stat: (path) => states.get(path, () => inTime(path, stateOf(path))),
    run: (program, args) =>
      outputs.get([program, ...args].join('\0'), () => runProgram(program, args, signal)),
  };
}

/** What runs on anything else is taken for a Linux: its checks then find little and say so. */
function supportedPlatform(platform: NodeJS.Platform): HostProbe['platform'] {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}

/** Answers of one kind by what was asked. Bounded by what checks ask for: a few hundred paths. */
class Kept<Value> {
  readonly #answers = new Map<string, Promise<ProbeAnswer<Value>>>();

  get(asked: string, ask: () => Promise<ProbeAnswer<Value>>): Promise<ProbeAnswer<Value>> {
    const known = this.#answers.get(asked);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(asked, answer);
    return answer;
  }
}

async function inTime<Value>(path: string, work: Promise<Value>): Promise<ProbeAnswer<Value>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ProbeAnswer<Value>>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, why: 'timeout', detail: path }), FILE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work.then((value): ProbeAnswer<Value> => ({ ok: true, value })), late]);
  } catch (error) {
    return classifiedError(error);
  } finally {
    clearTimeout(timer);
  }
}

async function readText(path: string): Promise<string> {
  // Without O_NONBLOCK opening a pipe that nobody writes would hang a thread for good.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const state = await file.stat();
    if (!state.isFile()) throw new TypeError(`${path} is no file`);
    if (state.size > MAX_BYTES) throw new RangeError(path);
    // Files of /proc have no size: read until nothing comes.
    const parts: Buffer[] = [];
    let total = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(65_536), position: null });
      if (bytesRead === 0) break;
      total += bytesRead;
      if (total > MAX_BYTES) throw new RangeError(path);
      parts.push(buffer.subarray(0, bytesRead));
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    await file.close();
  }
}

async function listNames(path: string): Promise<string[]> {
  const names = await readdir(path);
  if (names.length > MAX_NAMES) throw new RangeError(path);
  return names.sort();
}

async function stateOf(path: string): Promise<ProbedFile> {
  const state = await lstat(path);
  const kind = state.isFile()
    ? 'file'
    : state.isDirectory()
      ? 'directory'
      : state.isSymbolicLink()
        ? 'link'
        : 'other';
  return {
    kind,
    mode: state.mode & 0o7777,
    owner: state.uid,
    group: state.gid,
    size: state.size,
    modifiedAt: state.mtimeMs,
  };
}
