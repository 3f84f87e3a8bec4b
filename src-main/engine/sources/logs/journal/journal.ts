import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';
import type { Message } from '../../../../../src-preload/contract/shared.ts';
import type { Clock } from '../../../flow/clock.ts';
import type { StreamPosition } from '../../../flow/stream-position.ts';
import type { Chunk } from '../chunk.ts';
import type { StreamRegistry } from '../stream-finder.ts';
import { JOURNAL, journald } from '../system/journald.ts';
import type { SystemEntry, SystemLog } from '../system/system-log.ts';

const run = promisify(execFile);

export { JOURNAL };

/** Lines kept ready; beyond, journalctl waits on its pipe. */
const MAX_READY_BYTES = 1024 * 1024;
const MAX_CHUNK_BYTES = 256 * 1024;
/** Entries gathered into one chunk arrive within this time. */
const GATHER_MS = 50;
/** An entry longer than this is left out, and counted: a core dump is no log line. */
const MAX_ENTRY_BYTES = 16 * 1024 * 1024;
const RESTART_MS = [1_000, 5_000, 30_000, 60_000];

export interface JournalOptions {
  registry: StreamRegistry;
  /** Where the journal was left, if it was read before. */
  known: { stream: number; position: StreamPosition } | undefined;
  clock: Clock;
  /** Which log; the journal where absent. */
  log?: SystemLog;
  /** The program; found on PATH by its name. */
  program?: string;
  restartMs?: readonly number[];
}

export interface JournalState {
  reason: Message | undefined;
  lastSeenAt: number | undefined;
  /** Entries that were no text or too long. */
  skipped: number;
}

/** Whether there is a journal on this system that we may read. */
export async function journalReadable(program = 'journalctl'): Promise<boolean> {
  try {
    const { stdout } = await run(program, ['--lines=1', '--output=json', '--quiet', '--no-pager'], {
      timeout: 10_000,
    });
    return stdout.trim() !== '';
  } catch {
    return false;
  }
}

interface Ready {
  text: Buffer<ArrayBuffer>;
  cursor: string;
}

/**
 * Follows the system's own log (the journal, unless told otherwise) through the system's own tool. Its cursor is the position; offsets are our own count of the bytes
 * rendered so far, so that the store can tell one line from another.
 */
export class JournalReader {
  readonly #options: JournalOptions;
  readonly #log: SystemLog;
  #read: ReturnType<SystemLog['reader']>;
  #stream = 0;
  #offset = 0;
  #cursor: string | undefined;
  #child: ChildProcess | undefined;
  #input: Buffer[] = [];
  #inputBytes = 0;
  #skipping = false;
  #ready: Ready[] = [];
  #readyBytes = 0;
  #waiting: ((chunk: Chunk | undefined) => void) | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #restarting: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;
  readonly state: JournalState = { reason: undefined, lastSeenAt: undefined, skipped: 0 };

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#log = options.log ?? journald;
    this.#read = this.#log.reader(undefined);
  }

  async start(): Promise<void> {
    const known = this.#options.known;
    if (known === undefined) {
      const created = await this.#options.registry.create({
        sourceId: this.#log.id,
        path: this.#log.id,
        fileId: this.#log.id,
        fingerprint: '',
        fingerprintLength: 0,
      });
      this.#stream = created.stream;
    } else {
      this.#stream = known.stream;
      this.#offset = known.position.offset;
      this.#cursor = known.position.cursor;
    }
    if (!this.#closed) this.#spawn();
  }

  /** The next lines; undefined once closed. One caller at a time. */
  next(): Promise<Chunk | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = resolve;
      this.#serve();
    });
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#gathering);
    clearTimeout(this.#restarting);
    this.#child?.kill();
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  #spawn(): void {
    const command = this.#log.command(this.#cursor);
    this.#read = this.#log.reader(this.#cursor);
    const child = spawn(this.#options.program ?? this.#log.program, command.arguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      env: { ...process.env, ...command.environment },
    });
    this.#child = child;
    let complaint = '';
    child.stdout.on('data', (bytes: Buffer) => this.#take(bytes));
    child.stderr.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString('utf8')).slice(-500);
    });
    child.once('error', (error) => this.#ended(child, error.message));
    child.once('close', (code) => {
      if (code === 0 && this.#log.pollMs !== undefined) this.#again(child, this.#log.pollMs);
      else this.#ended(child, complaint.trim());
    });
  }

  /** It has given what there was, and is asked again. */
  #again(child: ChildProcess, pauseMs: number): void {
    if (this.#child !== child || this.#closed) return;
    this.#child = undefined;
    this.#failures = 0;
    this.state.reason = undefined;
    this.#restarting = setTimeout(() => this.#spawn(), pauseMs);
  }

  /** It is started again after a pause, from the last cursor. */
  #ended(child: ChildProcess, why: string): void {
    if (this.#child !== child || this.#closed) return;
    this.#child = undefined;
    this.#input = [];
    this.#inputBytes = 0;
    this.#skipping = false;
    this.state.reason = { key: 'sources.reason.journalEnded', parameters: { why } };
    const pauses = this.#options.restartMs ?? RESTART_MS;
    const pause = pauses[Math.min(this.#failures, pauses.length - 1)] ?? 60_000;
    this.#failures += 1;
    this.#restarting = setTimeout(() => this.#spawn(), pause);
  }

  #take(bytes: Buffer): void {
    let from = 0;
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, from)) {
      this.#keep(bytes.subarray(from, newline));
      this.#entry();
      from = newline + 1;
    }
    this.#keep(bytes.subarray(from));
    this.#serveSoon();
    if (this.#readyBytes > MAX_READY_BYTES) this.#child?.stdout?.pause();
  }

  #keep(bytes: Buffer): void {
    if (this.#inputBytes + bytes.length > MAX_ENTRY_BYTES) {
      this.#skipping = true;
      this.#input = [];
    }
    this.#inputBytes += bytes.length;
    if (!this.#skipping) this.#input.push(bytes);
  }

  #entry(): void {
    const text = Buffer.concat(this.#input).toString('utf8');
    const skipped = this.#skipping;
    this.#input = [];
    this.#inputBytes = 0;
    this.#skipping = false;
    const entry = skipped ? undefined : parsedEntry(text);
    const read: SystemEntry | 'known' | undefined = entry === undefined ? undefined : this.#read(entry);
    if (read === 'known') return;
    if (read === undefined) {
      this.state.skipped += 1;
      return;
    }
    const { line, cursor } = read;
    this.#failures = 0;
    this.state.reason = undefined;
    this.state.lastSeenAt = this.#options.clock.now();
    const bytes = Buffer.from(`${line}\n`);
    this.#ready.push({ text: bytes, cursor });
    this.#readyBytes += bytes.length;
    this.#cursor = cursor;
  }

  #serveSoon(): void {
    if (this.#ready.length === 0 || this.#gathering !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#serve();
    }, GATHER_MS);
  }

  #serve(): void {
    if (this.#waiting === undefined || this.#ready.length === 0) return;
    const parts: Buffer[] = [];
    let length = 0;
    let cursor = '';
    while (this.#ready.length > parts.length && length < MAX_CHUNK_BYTES) {
      const next = this.#ready[parts.length];
      if (next === undefined) break;
      parts.push(next.text);
      length += next.text.length;
      cursor = next.cursor;
    }
    this.#ready = this.#ready.slice(parts.length);
    this.#readyBytes -= length;
    if (this.#readyBytes <= MAX_READY_BYTES) this.#child?.stdout?.resume();
    const resolve = this.#waiting;
    this.#waiting = undefined;
    resolve(this.#chunk(Buffer.concat(parts), cursor));
  }

  #chunk(text: Buffer, cursor: string): Chunk {
    const bytes = new Uint8Array(text.length);
    bytes.set(text);
    const from = this.#offset;
    this.#offset += text.length;
    return {
      sourceId: this.#log.id,
      stream: this.#stream,
      path: this.#log.id,
      from,
      to: this.#offset,
      bytes,
      fd: -1,
      live: true,
      final: false,
      cursor,
    };
  }
}

function parsedEntry(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    // A line cut off when the tool was stopped.
    return undefined;
  }
}
