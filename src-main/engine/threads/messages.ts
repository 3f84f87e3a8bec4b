import type { MessagePort } from 'node:worker_threads';
import type { CustomFormat } from '../../../src-preload/contract/log-formats.ts';
import type { LogClass } from '../../../src-preload/contract/log-classes.ts';
import type { Encoding } from '../../../src-preload/contract/log-sources.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { Message } from '../../../src-preload/contract/shared.ts';
import type { QueueState } from '../../../src-preload/contract/system.ts';
import type { WrittenFinding } from '../flow/finding.ts';
import type { EventBatch } from '../flow/event-batch.ts';
import type { MaskerOptions } from '../parse/mask.ts';
import type { LoadedRule } from '../detect/intrusion/rule-file.ts';
import type { Failure } from '../flow/failure.ts';
import type { PatternChange } from '../flow/pattern-entry.ts';
import type { StoredLines } from '../flow/stored-lines.ts';
import type { TrafficSums } from '../flow/traffic.ts';
import type { LiveTraffic } from '../store/traffic/traffic-ledger.ts';
import type { StreamIdentity, StreamPosition } from '../flow/stream-position.ts';
import type { DraftBlock } from '../store/block/encode-block.ts';
import type { EncodedBlock } from '../store/types.ts';

/*
 * What the threads of the log pipeline say to each other:
 *
 *   main ── ChunkJob ──▶ line worker ── ParsedChunk ──▶ log writer ── Committed ──▶ main
 *
 * Line workers are stateless and interchangeable; the one log writer puts chunks back in order, runs the behaviour
 * detectors and is the only writer of the log partitions.
 */

/** A byte range of whole lines, read by a line worker itself: descriptors are shared by all threads of a process. */
export interface ChunkJob {
  type: 'chunk';
  job: number;
  sourceId: string;
  stream: number;
  /** Counts the chunks of a stream from 0 on: workers finish out of order, the writer stores in order. */
  order: number;
  /** Read [from, to) of this descriptor; or take `bytes`, where the source is not a plain file. */
  fd: number | undefined;
  bytes: Uint8Array<ArrayBuffer> | undefined;
  from: number;
  to: number;
  /** The journal's own cursor at `to`. */
  cursor: string | undefined;
  /** Followed near its end, rather than being caught up with. */
  live: boolean;
  /** The stream's last one: no line of its history follows. */
  ends?: boolean | undefined;
  /** When it was read: decides what is historic. */
  readAt: number;
  /** Time of lines before the first that carries a stamp. */
  fallbackTime: number;
  path: string;
  timeZone: string | undefined;
  /** Year of stamps that carry none, where the user said; else inferred. */
  year: number | undefined;
  /** The class the user gave the source; else decided line by line. */
  logClass: LogClass | undefined;
  /** What the bytes are written in, where the file's beginning or the user says; else they tell it themselves. */
  encoding?: Encoding | undefined;
  /** Lines at the file's beginning that name its columns. */
  header?: string | undefined;
  /** When the file was last written to, UTC milliseconds: none of its lines is younger, which tells years left out. */
  modified?: number | undefined;
  /** The user's own format of the source. */
  format?: string | undefined;
}

/** Settings the line workers need; sent at the start and after every change. */
export interface ConfigureWorker {
  type: 'configure';
  masking: Omit<MaskerOptions, 'memory'>;
  rules: readonly LoadedRule[];
  trustedProxies: string[];
  /** The user's own formats. */
  formats?: readonly CustomFormat[] | undefined;
}

export type ToLineWorker = ChunkJob | ConfigureWorker;

/** A chunk's lines of one partition: ready blocks first, then rows. */
export interface ParsedPart {
  blocks: (EncodedBlock | DraftBlock)[];
  /** Where the stream stands after the blocks. */
  end: StreamPosition;
  rows: StoredLines;
}

/** A chunk as its line worker leaves it, on its way to the log writer. */
export interface ParsedChunk {
  type: 'parsed';
  job: number;
  sourceId: string;
  stream: number;
  order: number;
  live: boolean;
  ends?: boolean | undefined;
  readAt: number;
  /** Where the stream stands once this is stored. */
  end: StreamPosition;
  lines: number;
  bytes: number;
  newestTime: number | undefined;
  /** What most of the lines are. */
  format: string | undefined;
  encoding?: Encoding | undefined;
  parts: ParsedPart[];
  patterns: PatternNews;
  events: EventBatch;
  /** Of its requests; absent where there are none. */
  traffic?: TrafficSums | undefined;
}

/** What a worker's patterns came to with a chunk. */
export interface PatternNews {
  /** Templates that became more general. */
  changes: PatternChange[];
  /** Templates the worker keeps. */
  kept: number;
  /** Templates and lines it had no room for, since its last chunk. */
  forgotten: number;
}

/** A chunk that could not be read (the file vanished from under its descriptor, an I/O error). */
export interface ChunkFailed {
  type: 'failed';
  job: number;
  failure: Failure;
}
/** `ready`: it has loaded. `handed`: the parsed chunk has gone to the writer, and the worker has room again. */
export type FromLineWorker = { type: 'ready' } | { type: 'handed'; job: number } | ChunkFailed;

/** Settings the log writer needs; sent at the start and after every change. */
export interface ConfigureWriter {
  type: 'configure';
  rules: readonly LoadedRule[];
  allowlist: string[];
  retention: Record<LogClass, { days: number; maxBytes: number }>;
  /** Classes whose partitions are deleted only when they were archived. */
  archived: LogClass[];
}

export type ToLogWriter =
  /** A line worker's end of the channel on which its parsed chunks arrive. */
  | { type: 'port'; port: MessagePort }
  | { type: 'identify'; request: string; identity: Omit<StreamIdentity, 'stream'>; fresh: boolean }
  | { type: 'rename'; identity: StreamIdentity }
  | ConfigureWriter
  /** This chunk of the stream will never come. */
  | { type: 'skip'; stream: number; order: number }
  /** Findings up to this number are safe in state.db: the checkpoint may move past them. */
  | { type: 'findingsKept'; upTo: number }
  /** These partitions are archived up to these lines: they may be deleted. */
  | { type: 'release'; partitions: { partition: string; lastSequence: number }[] }
  /** No more lines will come: verdicts held back are given. */
  | { type: 'finish' }
  | { type: 'stop' };

/** A chunk is durable and searchable. */
export interface Committed {
  type: 'committed';
  job: number;
  sourceId: string;
  stream: number;
  /** Offset up to which the stream is taken in; less than asked for when the file was truncated under the reader. */
  end: number;
  /** Lines read, and of these newly stored (fewer after a crash, when a part was there already). */
  lines: number;
  stored: number;
  bytes: number;
  /** Newest event time in the chunk; undefined for an empty one. */
  newestTime: number | undefined;
  /** What most of the lines are. */
  format: string | undefined;
  /** What they are written in; undefined while there was only ASCII. */
  encoding?: Encoding | undefined;
  findings: WrittenFinding[];
  /** Counts `findings` messages, for `findingsKept`. */
  findingsUpTo: number;
  tail: LogLine[];
  tailDropped: number;
}

export interface WriterReport {
  type: 'report';
  usedBytes: number;
  queues: QueueState[];
  evaluatedAt: number | undefined;
  /** Requests since the last report. */
  traffic: LiveTraffic;
}

export type FromLogWriter =
  | { type: 'ready'; positions: StreamPosition[]; streams: StreamIdentity[] }
  /** The store can't be opened. */
  | { type: 'refused'; failure: Failure }
  | { type: 'identified'; request: string; identity: StreamIdentity }
  | Committed
  /** Findings that ripened without new lines. */
  | { type: 'found'; findings: WrittenFinding[]; findingsUpTo: number }
  | WriterReport
  /** Storing waits (disk full); the same chunk is tried again. `undefined`: it goes on. */
  | { type: 'waiting'; reason: Message | undefined }
  /** Answer to `finish`, after the findings it brought. */
  | { type: 'finished' }
  /** The last word before the thread ends. */
  | { type: 'closed'; usedBytes: number }
  | { type: 'retained'; partition: string; bytes: number }
  | { type: 'problem'; message: Message };
