import { readSync } from 'node:fs';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { CustomFormat } from '../../../src-preload/contract/log-formats.ts';
import { LOG_CLASSES } from '../../../src-preload/contract/log-classes.ts';
import { createLineDetector, type LineDetector } from '../detect/intrusion/line-detector.ts';
import { ruleSetOf } from '../detect/intrusion/rule-set.ts';
import { TrafficCounter } from '../traffic/traffic-counter.ts';
import { transferables } from '../flow/event-batch.ts';
import { BatchMemory } from '../flow/batch-memory.ts';
import { ByteScanner } from '../flow/byte-scan.ts';
import type { Failure } from '../flow/failure.ts';
import { lastLineEnd } from '../flow/encoding.ts';
import { LINES_PER_RUN } from '../flow/line-runs.ts';
import { partitionLines } from '../flow/partition-lines.ts';
import { FORMATS, type FormatName, type ParsedBatch } from '../flow/parsed-batch.ts';
import type { StoredLines } from '../flow/stored-lines.ts';
import type { StreamPosition } from '../flow/stream-position.ts';
import { compileFormat } from '../parse/custom/compile.ts';
import { LineDecoder } from '../parse/decode-lines.ts';
import { distrustTimes, fillTimes, newestTime } from '../parse/fill-times.ts';
import { createLineParser, type LineParser } from '../parse/line-parser.ts';
import { setClasses } from '../parse/log-class.ts';
import { createMasker, type Masker } from '../parse/mask.ts';
import { OwnFormatFields } from '../parse/masking/own-fields.ts';
import { LinePatterns } from '../parse/patterns/line-patterns.ts';
import { draftBlocks, encodeBlocks, SMALLEST_BULK_BLOCK, transferList } from '../store/block/encode-block.ts';
import { collectAtRest } from '../collect-at-rest.ts';
import type {
  ChunkJob,
  ConfigureWorker,
  FromLineWorker,
  ParsedChunk,
  ParsedPart,
  ToLineWorker,
} from './messages.ts';
import { maskEvents } from './mask-events.ts';

/*
 * A line worker: takes a chunk and does with each line all that needs no other line: split, parse, detect, mask, encode.
 * It keeps nothing that a restart would lose.
 */

/** What `pipeline.ts` gives the thread. */
export interface LineWorkerData {
  settings: Omit<ConfigureWorker, 'type'>;
  writer: MessagePort;
  /** Whether blocks are compressed here, and not by the log writer. */
  compresses: boolean;
}

const { settings, writer, compresses } = workerData as LineWorkerData;

/** No line of the chunk in hand is younger. */
let lastWritten = 0;
let customFormats: readonly CustomFormat[] = [];
/** What all steps look through the chunk in hand with, so that it is copied in once. Its tables go with the settings. */
let scanner: ByteScanner;
let masker: Masker;
let ownFields: OwnFormatFields;
let detector: LineDetector;
let traffic: TrafficCounter;
/** By time zone, year and format: a handful. */
const parsers = new Map<string, LineParser>();
const decoder = new LineDecoder();
const memory = new BatchMemory();
/** Megabytes are kept for the next chunk only while there may be one. */
const RELEASE_MEMORY_MS = 5000;
let releasing: NodeJS.Timeout | undefined;
const patterns = new LinePatterns({
  whenFull: 'forget',
  paced: true,
  mask: (text) => masker.preview(text).text,
});

configure(settings);
collectAtRest();
parentPort?.on('message', (message: ToLineWorker) => {
  if (message.type === 'configure') configure(message);
  else work(message);
});
answer({ type: 'ready' });

function configure({ masking, rules, trustedProxies, formats }: Omit<ConfigureWorker, 'type'>): void {
  customFormats = formats ?? [];
  parsers.clear();
  scanner = new ByteScanner({ unchanging: true });
  masker = createMasker({ ...masking, memory, scanner });
  ownFields = new OwnFormatFields(customFormats, masking.rules ?? []);
  traffic = new TrafficCounter({
    maskRoute: (route) => masker.preview(route).text,
    maskUser: (name) => masker.pseudonym?.(name) ?? name,
  });
  detector = createLineDetector(ruleSetOf(rules), { trustedProxies, listsMatches: false, scanner });
}

function work(job: ChunkJob): void {
  let bytes: Buffer;
  try {
    bytes = readChunk(job);
  } catch (error) {
    answer({ type: 'failed', job: job.job, failure: unreadable(job, error) });
    return;
  }
  lastWritten = Math.min(job.readAt, job.modified ?? job.readAt);
  const origin = { sourceId: job.sourceId, stream: job.stream, offset: job.from };
  const parsed = parserOf(job).parse(decoder.split(origin, bytes, job.encoding, scanner), job.header);
  distrustTimes(parsed.times, job.readAt);
  fillTimes(parsed, Number.NaN, job.fallbackTime);
  const { events } = detector.detect(parsed);
  const masked = masker.maskBatch(parsed, ownFields.of(parsed, job.format));
  maskEvents(events, parsed, masked, masker.pseudonym);
  const found = patterns.column(parsed, memory);
  const sums = traffic.count(parsed);
  hand(job, parsed, partitionLines(parsed, masked, classesOf(parsed, job), memory, found), events, sums);
  answer({ type: 'handed', job: job.job });
  releasing ??= setTimeout(() => {
    releasing = undefined;
    memory.release();
  }, RELEASE_MEMORY_MS).unref();
  releasing.refresh();
}

/** Whole lines of the range; fewer than asked for when the file was truncated meanwhile. */
function readChunk(job: ChunkJob): Buffer {
  if (job.bytes !== undefined)
    return Buffer.from(job.bytes.buffer, job.bytes.byteOffset, job.bytes.byteLength);
  if (job.fd === undefined) throw new TypeError('A chunk has neither bytes nor a file');
  const room = memory.bytes('chunk', job.to - job.from);
  const buffer = Buffer.from(room.buffer, 0, room.length);
  let filled = 0;
  while (filled < buffer.length) {
    const read = readSync(job.fd, buffer, filled, buffer.length - filled, job.from + filled);
    if (read === 0) break;
    filled += read;
  }
  if (filled === buffer.length) return buffer;
  return buffer.subarray(0, lastLineEnd(buffer.subarray(0, filled), job.from, job.encoding));
}

function parserOf({ timeZone, year, format }: ChunkJob): LineParser {
  const key = `${timeZone ?? ''} ${year ?? ''} ${format ?? ''}`;
  let parser = parsers.get(key);
  if (parser === undefined) {
    const own = customFormats.find(({ name }) => name === format);
    const custom = own === undefined ? undefined : compileFormat(own);
    parser = createLineParser({ timeZone, year, custom, memory, clock: { now: () => lastWritten } });
    parsers.set(key, parser);
  }
  return parser;
}

function classesOf(parsed: ParsedBatch, job: ChunkJob): Uint8Array {
  const classes = memory.bytes('classes', parsed.count);
  if (job.logClass !== undefined) return classes.fill(LOG_CLASSES.indexOf(job.logClass));
  setClasses(parsed, job.path, classes);
  return classes;
}

/** Gives the chunk to the writer; the memory of its columns moves, it is not copied. */
function hand(
  job: ChunkJob,
  parsed: ParsedBatch,
  parts: StoredLines[],
  events: ParsedChunk['events'],
  sums: ParsedChunk['traffic'],
): void {
  const end: StreamPosition = { stream: job.stream, offset: job.from + parsed.length };
  if (job.cursor !== undefined) end.cursor = job.cursor;
  const chunk: ParsedChunk = {
    type: 'parsed',
    job: job.job,
    sourceId: job.sourceId,
    stream: job.stream,
    order: job.order,
    live: job.live,
    ends: job.ends,
    readAt: job.readAt,
    end,
    lines: parsed.count,
    bytes: parsed.length,
    newestTime: newestTime(parsed.times),
    format: usualFormat(parsed.formats),
    encoding: decoder.encoding,
    parts: parts.map((part) => divided(part, end, job.live)),
    events,
    traffic: sums,
    patterns: { changes: patterns.takeChanges(), kept: patterns.size, forgotten: newlyForgotten() },
  };
  const blocks = chunk.parts.flatMap((part) => part.blocks);
  writer.postMessage(chunk, [...transferables(events), ...transferList(blocks)]);
}

let toldForgotten = 0;

function newlyForgotten(): number {
  const forgotten = patterns.forgotten - toldForgotten;
  toldForgotten += forgotten;
  return forgotten;
}

/** Lines of a live flood that stay rows, so that the tail always has something to show. */
const LIVE_ROWS = 100;

/** Many lines become blocks at once, few stay rows and are sealed later. */
function divided(part: StoredLines, end: StreamPosition, live: boolean): ParsedPart {
  const rows = part.count < SMALLEST_BULK_BLOCK ? part.count : live ? LIVE_ROWS : 0;
  const bulk = part.count - rows;
  const after = rows === 0 ? end : { stream: end.stream, offset: part.offsets[bulk] ?? end.offset };
  const encode = compresses ? encodeBlocks : draftBlocks;
  const blocks = bulk === 0 ? [] : encode(linesBefore(part, bulk));
  return { blocks, end: after, rows: linesFrom(part, bulk) };
}

/** The first lines of a part, in its own memory. */
function linesBefore(part: StoredLines, count: number): StoredLines {
  if (count === part.count) return part;
  const textEnd = part.textEnds[count - 1] ?? 0;
  return {
    ...part,
    count,
    times: part.times.subarray(0, count),
    levels: part.levels.subarray(0, count),
    offsets: part.offsets.subarray(0, count),
    addresses: part.addresses.subarray(0, count),
    addressLengths: part.addressLengths.subarray(0, count),
    patterns: part.patterns.subarray(0, count),
    text: part.text.subarray(0, textEnd),
    textEnds: part.textEnds.subarray(0, count),
  };
}

/** A copy of the other lines, to be handed on: of a part of columns all of their memory would be copied. */
function linesFrom(part: StoredLines, from: number): StoredLines {
  const { count } = part;
  const textFrom = from === 0 ? 0 : (part.textEnds[from - 1] ?? 0);
  const textTo = count === 0 ? 0 : (part.textEnds[count - 1] ?? 0);
  return {
    ...part,
    count: count - from,
    times: part.times.slice(from, count),
    levels: part.levels.slice(from, count),
    offsets: part.offsets.slice(from, count),
    addresses: part.addresses.slice(from, count),
    addressLengths: part.addressLengths.slice(from, count),
    patterns: part.patterns.slice(from, count),
    patternTable: from === count ? [''] : part.patternTable,
    addressTable: from === count ? [] : part.addressTable,
    text: part.text.slice(textFrom, textTo),
    textEnds: part.textEnds.slice(from, count).map((textEnd) => textEnd - textFrom),
  };
}

function usualFormat(formats: Uint8Array): FormatName | undefined {
  const counts = new Uint32Array(FORMATS.length);
  for (let from = 0; from < formats.length; from += LINES_PER_RUN)
    countFormats(formats, from, Math.min(formats.length, from + LINES_PER_RUN), counts);
  return formats.length === 0 ? undefined : FORMATS[counts.indexOf(Math.max(...counts))];
}

function countFormats(formats: Uint8Array, from: number, to: number, counts: Uint32Array): void {
  for (let line = from; line < to; line += 1) {
    const format = formats[line] ?? 0;
    counts[format] = (counts[format] ?? 0) + 1;
  }
}

function unreadable(job: ChunkJob, error: unknown): Failure {
  const reason = error instanceof Error ? error.message : String(error);
  // The cause stays here: an Error with a native code does not always survive the way to another thread.
  return {
    kind: 'UNAVAILABLE',
    message: { key: 'engine.chunkUnreadable', parameters: { path: job.path, reason } },
  };
}

function answer(message: FromLineWorker): void {
  parentPort?.postMessage(message);
}
