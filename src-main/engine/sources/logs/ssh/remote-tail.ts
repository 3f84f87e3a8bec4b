import { setTimeout as pause } from 'node:timers/promises';
import type { Message } from '../../../../../src-preload/contract/shared.ts';
import type { Clock } from '../../../flow/clock.ts';
import { lastLineEnd, type Encoding } from '../../../flow/encoding.ts';
import type { OutboundLog } from '../../../flow/outbound.ts';
import type { StreamIdentity } from '../../../flow/stream-position.ts';
import type { Chunk } from '../chunk.ts';
import { readHead, type FileHead } from '../file-head.ts';
import { FINGERPRINT_BYTES, fingerprintOf, sameBeginning } from '../fingerprint.ts';
import { MAX_LINE_BYTES } from '../next-chunk.ts';
import type { KnownStreams, StreamRegistry } from '../stream-finder.ts';
import { destinationOf, type RemoteFile } from './address.ts';
import { complaintOf } from './complaint.ts';
import { RemoteSession, SessionError, type Reply, type SessionOptions } from './session.ts';

export interface RemoteTailOptions {
  /** The source's id, its address. */
  id: string;
  file: RemoteFile;
  registry: StreamRegistry;
  known: KnownStreams;
  clock: Clock;
  outbound: OutboundLog;
  encoding?: Encoding | undefined;
  session?: SessionOptions | undefined;
  timings?: Partial<RemoteTimings> | undefined;
}

/** Milliseconds. */
export interface RemoteTimings {
  /** Between two looks at a file that did not grow. */
  poll: number;
  /** A last line without newline is taken after this long without growth. */
  partial: number;
  /** Pauses before the next attempt; each is varied by half, so that many sources don't come at once. */
  retry: readonly number[];
}

const TIMINGS: RemoteTimings = {
  poll: 1000,
  partial: 5000,
  retry: [1_000, 5_000, 30_000, 60_000, 300_000],
};

export interface RemoteState {
  reason: Message | undefined;
  sizeBytes: number;
  lagBytes: number;
  lastSeenAt: number | undefined;
  /** Bytes that were gone before they could be read. */
  lostBytes: number;
}

const READ_BYTES = 256 * 1024;
/** Looks without growth before a renamed file is left for its successor: its writer may not have noticed yet. */
const QUIET_LOOKS = 2;
/** Streams of the source that are looked for at the start: the newest, and the one before in case it was not finished. */
const REMEMBERED = 2;

interface OpenFile {
  identity: StreamIdentity;
  /** Where the next chunk begins. */
  offset: number;
  size: number;
  /** Read and not handed out: the beginning of a line. */
  rest: Buffer;
  grewAt: number;
  quiet: number;
  caughtUp: boolean;
  head: FileHead | undefined;
}

/** A stream to go on with, and where. */
interface Left {
  identity: StreamIdentity;
  offset: number;
}

/**
 * Follows a file on another machine. The position is the remote file's inode and byte offset, kept with the lines; a file
 * renamed meanwhile is found by its inode and read to its end first. Nothing is asked for unless the consumer asks.
 */
export class RemoteTail {
  readonly #options: RemoteTailOptions;
  readonly #timings: RemoteTimings;
  readonly #closing = new AbortController();
  #left: Left[];
  #session: RemoteSession | undefined;
  #file: OpenFile | undefined;
  #inFlight = 0;
  #landed: (() => void) | undefined;
  #failures = 0;
  /** Files that appear from now on are news. */
  #everCaughtUp = false;
  readonly state: RemoteState = {
    reason: undefined,
    sizeBytes: 0,
    lagBytes: 0,
    lastSeenAt: undefined,
    lostBytes: 0,
  };

  constructor(options: RemoteTailOptions) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    const offsets = new Map(options.known.positions.map(({ stream, offset }) => [stream, offset]));
    this.#left = options.known.streams
      .filter((identity) => identity.sourceId === options.id)
      .toSorted((a, b) => a.stream - b.stream)
      .slice(-REMEMBERED)
      .map((identity) => ({ identity, offset: offsets.get(identity.stream) ?? 0 }));
  }

  /** The next lines; undefined once closed. One caller at a time. */
  async next(): Promise<Chunk | undefined> {
    while (!this.#closing.signal.aborted) {
      try {
        const chunk = await this.#step();
        if (chunk !== undefined) return chunk;
      } catch (error) {
        if (!(error instanceof SessionError)) throw error;
        await this.#failed(error);
      }
    }
    return undefined;
  }

  /** The chunk's lines are safe. */
  release(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#landed?.();
  }

  close(): void {
    this.#closing.abort();
    this.#session?.close();
    this.#landed?.();
  }

  /** One request to the other machine, or the chunk that is ready. */
  async #step(): Promise<Chunk | undefined> {
    const session = this.#session ?? (await this.#connect());
    const file = this.#file ?? (await this.#open(session));
    if (file === undefined) {
      await this.#rest(this.#timings.poll);
      return undefined;
    }
    const unread = file.size - file.offset - file.rest.length;
    const reply = await session.read(Math.min(READ_BYTES, Math.max(0, unread)));
    return this.#takeIn(session, file, reply);
  }

  async #takeIn(session: RemoteSession, file: OpenFile, reply: Reply): Promise<Chunk | undefined> {
    const { open, named } = reply;
    const now = this.#options.clock.now();
    if (open === undefined) {
      this.#setAside();
      return undefined;
    }
    const grown = reply.bytes.length > 0 || open.size > file.size;
    if (grown) {
      file.grewAt = now;
      file.quiet = 0;
      this.state.lastSeenAt = now;
    } else file.quiet += 1;
    file.rest = file.rest.length === 0 ? reply.bytes : Buffer.concat([file.rest, reply.bytes]);
    file.size = open.size;
    this.state.sizeBytes = open.size;
    this.state.lagBytes = Math.max(0, open.size - file.offset);
    const readTo = file.offset + file.rest.length;
    if (open.size < readTo) {
      await this.#truncated(session, file);
      return undefined;
    }
    if (readTo >= open.size) this.#everCaughtUp = file.caughtUp = true;
    this.state.reason = this.#reasonFor(reply);
    const away = named === undefined || named.id !== open.id;
    const over = away && file.quiet >= QUIET_LOOKS && readTo >= open.size;
    const chunk = await this.#cut(file, over || now - file.grewAt >= this.#timings.partial);
    if (chunk !== undefined) return chunk;
    if (over && named !== undefined) await this.#leave();
    else if (readTo >= open.size) await this.#rest(this.#timings.poll);
    return undefined;
  }

  /** Whole lines of what was read; all of it when nothing more is to be expected, or a line is too long. */
  async #cut(file: OpenFile, flush: boolean): Promise<Chunk | undefined> {
    if (file.rest.length === 0) return undefined;
    file.head ??= file.offset === 0 ? readHead(file.rest) : undefined;
    const encoding = this.#options.encoding ?? file.head?.encoding;
    const lineEnd = lastLineEnd(file.rest, file.offset, encoding);
    const length = lineEnd > 0 ? lineEnd : flush || file.rest.length >= MAX_LINE_BYTES ? file.rest.length : 0;
    if (length === 0) return undefined;
    await this.#learn(file);
    const bytes = new Uint8Array(length);
    bytes.set(file.rest.subarray(0, length));
    const chunk: Chunk = {
      sourceId: this.#options.id,
      stream: file.identity.stream,
      path: this.#options.id,
      from: file.offset,
      to: file.offset + length,
      bytes,
      fd: -1,
      live: file.caughtUp,
      final: lineEnd === 0,
      encoding,
      header: file.head?.header,
    };
    // A copy: the rest is small, what it was cut from is not.
    file.rest = Buffer.from(file.rest.subarray(length));
    file.offset += length;
    this.#inFlight += 1;
    return chunk;
  }

  /** Keeps more of the file's beginning as it becomes known: it tells the file from another on the same inode. */
  async #learn(file: OpenFile): Promise<void> {
    if (file.offset !== 0 || file.identity.fingerprintLength >= FINGERPRINT_BYTES) return;
    const longer = fingerprintOf(file.rest.subarray(0, FINGERPRINT_BYTES));
    if (longer.fingerprintLength <= file.identity.fingerprintLength) return;
    file.identity = { ...file.identity, ...longer };
    await this.#options.registry.update(file.identity);
  }

  #reasonFor({ named, trouble }: Reply): Message | undefined {
    if (named !== undefined) return undefined;
    return this.#fileReason(/permission denied/i.test(trouble) ? 'permission' : 'vanished');
  }

  #fileReason(kind: string): Message {
    return { key: `sources.reason.${kind}`, parameters: { path: this.#options.id } };
  }

  /** The file was emptied and begins anew: what of it was not yet read is gone. */
  async #truncated(session: RemoteSession, file: OpenFile): Promise<void> {
    await this.#allLanded();
    this.#file = undefined;
    const reply = await session.open();
    if (reply.open?.id === idOf(file.identity)) this.#file = await this.#begin(reply.open);
  }

  /** The renamed file is done with. Its successor's stream begins when its lines are safe: a crash finds it unfinished. */
  async #leave(): Promise<void> {
    await this.#allLanded();
    this.#file = undefined;
  }

  async #allLanded(): Promise<void> {
    if (this.#inFlight === 0 || this.#closing.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#landed = resolve;
    });
  }

  async #connect(): Promise<RemoteSession> {
    const { file, outbound, session: options } = this.#options;
    const session = new RemoteSession(file, options);
    this.#session = session;
    try {
      await session.begin();
      outbound.record('logs', destinationOf(file), 'ok');
    } catch (error) {
      outbound.record('logs', destinationOf(file), 'failed');
      throw error;
    }
    return session;
  }

  /** The next file to read: what was left unfinished first, then the one that has the name. */
  async #open(session: RemoteSession): Promise<OpenFile | undefined> {
    for (let left = this.#left[0]; left !== undefined; left = this.#left[0]) {
      const file = await this.#reopen(session, left);
      this.#left.shift();
      if (file !== undefined) return (this.#file = file);
    }
    const reply = await session.open();
    this.#failures = 0;
    if (reply.open === undefined) {
      this.state.reason = this.#fileReason(troubleOf(reply));
      return undefined;
    }
    return (this.#file = await this.#begin(reply.open));
  }

  async #begin({ id, size }: { id: string; size: number }): Promise<OpenFile> {
    const { id: sourceId, registry } = this.#options;
    const identity = await registry.create({
      sourceId,
      path: sourceId,
      fileId: `ssh:${id}`,
      fingerprint: '',
      fingerprintLength: 0,
    });
    return this.#opened(identity, 0, size);
  }

  #opened(identity: StreamIdentity, offset: number, size: number): OpenFile {
    const grewAt = this.#options.clock.now();
    const caughtUp = offset > 0 || this.#everCaughtUp;
    return { identity, offset, size, rest: Buffer.alloc(0), grewAt, quiet: 0, caughtUp, head: undefined };
  }

  /** Opens the file of a stream where it was left, by whatever name it has now. */
  async #reopen(session: RemoteSession, { identity, offset }: Left): Promise<OpenFile | undefined> {
    const wanted = idOf(identity);
    let path: string | undefined;
    let reply = await session.open();
    this.#failures = 0;
    if (reply.open?.id !== wanted) {
      path = await session.find(wanted.split(':')[1] ?? '');
      if (path === undefined) return undefined;
      reply = await session.open(path);
    }
    if (reply.open?.id !== wanted || reply.open.size < offset) return undefined;
    // Of two streams the older one is only here in case it was not finished.
    if (path !== undefined && this.#left.length > 1 && reply.open.size === offset) return undefined;
    const { bytes } = await session.read(Math.min(FINGERPRINT_BYTES, reply.open.size));
    if (!sameBeginning(bytes, identity)) return undefined;
    reply = await session.open(path);
    if (reply.open?.id !== wanted) return undefined;
    if (offset > 0) await session.skip(offset);
    const file = this.#opened(identity, offset, reply.open.size);
    file.head = readHead(bytes);
    return file;
  }

  /** What was read and not handed out is read again. */
  #setAside(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) this.#left.unshift({ identity: file.identity, offset: file.offset });
  }

  async #failed(error: SessionError): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
    this.#setAside();
    if (this.#closing.signal.aborted) return;
    this.state.reason = complaintOf(error.message, this.#options.file);
    const pauses = this.#timings.retry;
    const base = pauses[Math.min(this.#failures, pauses.length - 1)] ?? 60_000;
    this.#failures += 1;
    await this.#rest(base * (0.5 + Math.random()));
  }

  async #rest(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.#closing.signal }).catch(() => undefined);
  }
}

function idOf(identity: StreamIdentity): string {
  return identity.fileId.replace(/^ssh:/, '');
}

function troubleOf({ named, trouble }: Reply): string {
  if (named !== undefined || /permission denied/i.test(trouble)) return 'permission';
  return 'absent';
}
