import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { MAX_PAGE_LINES, MAX_VIEW_LINE_LENGTH } from '../../../src-preload/contract/limits.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { systemClock } from '../flow/clock.ts';
import { transferables } from '../flow/event-batch.ts';
import { FailureError, type Failure } from '../flow/failure.ts';
import { memoryOf, writeFindings, type DetectedFinding } from '../flow/finding.ts';
import { patternOfEntry } from '../flow/pattern-entry.ts';
import { addressOf, type StoredLines } from '../flow/stored-lines.ts';
import type { StreamIdentity, StreamPosition } from '../flow/stream-position.ts';
import { MAX_TEMPLATES } from '../parse/patterns/pattern-miner.ts';
import { encoded, transferList } from '../store/block/encode-block.ts';
import { databaseFailure, isDiskFull } from '../store/failures.ts';
import { TrafficLedger } from '../store/traffic/traffic-ledger.ts';
import { TrafficStore } from '../store/traffic/traffic-store.ts';
import type { SavedState, WriteResult } from '../store/types.ts';
import { openLogStore } from '../store/write/log-writer.ts';
import { Behaviours } from './behaviours.ts';
import { ChunkOrder } from './chunk-order.ts';
import { collectAtRest } from '../collect-at-rest.ts';
import type { ConfigureWriter, FromLogWriter, ParsedChunk, ParsedPart, ToLogWriter } from './messages.ts';

/*
 * The log writer: stores the chunks of a stream in order, runs the behaviour detectors, and is the only writer of the log
 * partitions and of the checkpoint. Everything in it is synchronous: a chunk is done before the next begins.
 */

/** What `pipeline.ts` gives the thread. */
export interface LogWriterData {
  dataDirectory: string;
  settings: Omit<ConfigureWriter, 'type'>;
  /** An Int32: 1 while anybody watches the tail; lines are sent to main only then. */
  tailWanted: SharedArrayBuffer;
}

/** How long a write that found the disk full waits before it tries again. */
const RETRY_MS = 1000;
/** How often the writer looks after what is due without new lines. */
const IDLE_MS = 250;
/** Least time between two checkpoints: what a crash makes the engine read again. */
const CHECKPOINT_MS = 1000;
/** A checkpoint may take this share of the writer's time; with very many buckets it comes less often. */
const CHECKPOINT_SHARE = 0.03;
/** Most time between two, whatever they cost: an engine killed again and again must still get on. */
const LONGEST_CHECKPOINT_MS = 10_000;
const REPORT_MS = 1000;
const RETENTION_MS = 10 * 60_000;
/** Lines not older than this are shown in the live tail, even when they are read late. */
const CATCH_UP_MS = 10 * 60_000;
/** Chunks that may wait for an earlier one of their stream: all that the pipeline lets under way. */
const MAX_EARLY_CHUNKS = 16;

const { dataDirectory, settings, tailWanted } = workerData as LogWriterData;
const tailFlag = new Int32Array(tailWanted);

function send(message: FromLogWriter, transferred: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transferred);
}

class LogWriter {
  readonly #store;
  readonly #behaviours;
  readonly #trafficStore;
  readonly #traffic;
  readonly #order = new ChunkOrder();
  readonly #positions = new Map<number, StreamPosition>();
  readonly #due: ParsedChunk[] = [];
  #settings: Omit<ConfigureWriter, 'type'>;
  #waiting = false;
  #dirty = false;
  #findingsSent = 0;
  #findingsKept = 0;
  #checkpointAt = 0;
  /** A checkpoint taken, waiting until the findings up to it are safe. */
  #taken:
    | {
        positions: StreamPosition[];
        detectors: SavedState[];
        findings: number;
        tookMs: number;
      }
    | undefined;
  /** Templates a worker keeps, and what the workers had no room for. */
  #patterns = { depth: 0, dropped: 0 };
  #evaluatedAt: number | undefined;
  #released = new Map<string, number>();
  #trafficProblem: string | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #ports: MessagePort[] = [];

  constructor(wanted: Omit<ConfigureWriter, 'type'>) {
    this.#settings = wanted;
    this.#store = openLogStore(dataDirectory, {
      clock: systemClock,
      onProblem: (problem) => send({ type: 'problem', message: problem.message }),
    });
    this.#behaviours = new Behaviours(wanted.rules, wanted.allowlist);
    const onProblem = (problem: Failure): void => send({ type: 'problem', message: problem.message });
    this.#trafficStore = new TrafficStore(dataDirectory, { clock: systemClock, onProblem });
    this.#traffic = new TrafficLedger(this.#trafficStore, onProblem);
    const { positions, detectors, streams } = this.#store.loadCheckpoint();
    this.#traffic.restore(detectors);
    for (const position of positions) this.#positions.set(position.stream, position);
    this.#behaviours.restore(detectors, systemClock.now());
    send({ type: 'ready', positions, streams });
    this.#timers.push(
      setInterval(() => this.#idle(), IDLE_MS),
      setInterval(() => this.#report(), REPORT_MS),
    );
    this.#timers.push(setInterval(() => this.#retain(), RETENTION_MS));
  }

  receive(message: ToLogWriter): void {
    switch (message.type) {
      case 'port':
        this.#ports.push(message.port);
        message.port.on('message', (chunk: ParsedChunk) => this.#arrived(this.#order.add(chunk)));
        break;
      case 'skip':
        this.#arrived(this.#order.skip(message.stream, message.order));
        break;
      case 'identify':
        this.#identify(message);
        break;
      case 'rename':
        this.#rename(message.identity);
        break;
      case 'configure':
        this.#settings = message;
        this.#behaviours.reload(message.rules, message.allowlist);
        break;
      case 'release':
        this.#released = new Map(
          message.partitions.map(({ partition, lastSequence }) => [partition, lastSequence]),
        );
        this.#retain();
        break;
      case 'findingsKept':
        this.#findingsKept = message.upTo;
        this.#keepCheckpoint();
        break;
      case 'finish':
        this.#found(this.#behaviours.finish(systemClock.now()));
        send({ type: 'finished' });
        break;
      case 'stop':
        this.#stop();
        break;
    }
  }

  #arrived(chunks: ParsedChunk[]): void {
    // Live chunks before bulk ones, each kind in order; a stream is never both at once.
    for (const chunk of chunks) {
      const firstBulk = chunk.live ? this.#due.findIndex((waiting) => !waiting.live) : -1;
      if (firstBulk < 0) this.#due.push(chunk);
      else this.#due.splice(firstBulk, 0, chunk);
    }
    this.#work();
  }

  /** Takes what is due; false when storing has to wait. */
  #work(): boolean {
    if (this.#waiting) return false;
    for (let chunk = this.#due[0]; chunk !== undefined; chunk = this.#due[0]) {
      if (!this.#take(chunk)) return false;
      this.#due.shift();
      giveBack(chunk);
    }
    this.#checkpoint();
    return true;
  }

  /** False: the store can't take it now; the chunk stays first and is tried again. */
  #take(chunk: ParsedChunk): boolean {
    const rows: { part: StoredLines; written: WriteResult }[] = [];
    let stored = 0;
    try {
      if (chunk.patterns.changes.length > 0) this.#store.changePatterns(chunk.patterns.changes);
      for (const part of chunk.parts) {
        if (part.blocks.length > 0) stored += this.#appendBlocks(part);
        if (part.rows.count === 0) continue;
        const written = this.#store.append(part.rows, chunk.end);
        stored += written.stored;
        rows.push({ part: part.rows, written });
      }
    } catch (error) {
      this.#wait(error);
      return false;
    }
    this.#patterns = {
      depth: chunk.patterns.kept,
      dropped: this.#patterns.dropped + chunk.patterns.forgotten,
    };
    const findings = this.#behaviours.process(chunk.events, chunk.readAt);
    if (chunk.ends === true) findings.push(...this.#behaviours.end(chunk.stream, chunk.readAt));
    if (chunk.traffic !== undefined) this.#traffic.add(chunk.traffic, chunk.readAt);
    this.#positions.set(chunk.stream, chunk.end);
    this.#dirty = true;
    this.#evaluatedAt = systemClock.now();
    if (findings.length > 0) this.#findingsSent += 1;
    // Asked when they are stored, and not by message: a view that opens while they are being stored searches in vain.
    const shown = Atomics.load(tailFlag, 0) === 1 && isShownLive(chunk);
    const tail = shown
      ? rows.flatMap(({ part, written }) => viewLines(part, written)).slice(-MAX_PAGE_LINES)
      : [];
    const written = writeFindings(findings);
    const committed: FromLogWriter = {
      type: 'committed',
      job: chunk.job,
      sourceId: chunk.sourceId,
      stream: chunk.stream,
      end: chunk.end.offset,
      lines: chunk.lines,
      stored,
      bytes: chunk.bytes,
      newestTime: chunk.newestTime,
      format: chunk.format,
      encoding: chunk.encoding,
      findings: written,
      findingsUpTo: this.#findingsSent,
      tail,
      tailDropped: shown ? stored - tail.length : 0,
    };
    send(committed, memoryOf(written));
    return true;
  }

  /** @returns lines stored */
  #appendBlocks(part: ParsedPart): number {
    const blocks = part.blocks.map(encoded);
    // Kept: should the disk be full, they are tried again.
    part.blocks = blocks;
    return this.#store.appendBlocks(blocks, part.end).stored;
  }

  #wait(error: unknown): void {
    const failure = databaseFailure(error, dataDirectory);
    // Only what may pass by itself is waited for; anything else ends this thread, and with it the engine, loudly.
    if (failure.kind !== 'UNAVAILABLE') throw error;
    this.#waiting = true;
    send({ type: 'waiting', reason: failure.message });
    setTimeout(() => {
      this.#waiting = false;
      if (this.#work()) send({ type: 'waiting', reason: undefined });
    }, RETRY_MS);
  }

  #rename(identity: StreamIdentity): void {
    try {
      this.#store.rename(identity);
    } catch (error) {
      // The old name serves as well: a restart knows the file by its number and beginning.
      if (databaseFailure(error, dataDirectory).kind !== 'UNAVAILABLE') throw error;
    }
  }

  #identify({ request, identity, fresh }: Extract<ToLogWriter, { type: 'identify' }>): void {
    try {
      send({ type: 'identified', request, identity: this.#store.identify(identity, fresh) });
    } catch (error) {
      const failure = databaseFailure(error, dataDirectory);
      if (failure.kind !== 'UNAVAILABLE') throw error;
      send({ type: 'waiting', reason: failure.message });
      setTimeout(() => {
        send({ type: 'waiting', reason: undefined });
        this.#identify({ type: 'identify', request, identity, fresh });
      }, RETRY_MS);
    }
  }

  /** Event time goes on while nothing is written: verdicts that wait for quiet come due. */
  #advance(): void {
    const now = systemClock.now();
    this.#found(this.#behaviours.advance(now));
  }

  #found(findings: DetectedFinding[]): void {
    if (findings.length === 0) return;
    this.#dirty = true;
    this.#findingsSent += 1;
    const written = writeFindings(findings);
    send({ type: 'found', findings: written, findingsUpTo: this.#findingsSent }, memoryOf(written));
  }

  /** Takes positions and detector state together; they are written once their findings are safe in state.db. */
  #checkpoint(): void {
    if (!this.#dirty || this.#taken !== undefined || this.#isTooSoon()) return;
    const begun = performance.now();
    const detectors = [...this.#behaviours.snapshot(), ...this.#traffic.take()];
    this.#taken = {
      positions: [...this.#positions.values()],
      detectors,
      findings: this.#findingsSent,
      tookMs: performance.now() - begun,
    };
    this.#dirty = false;
    this.#keepCheckpoint();
  }

  /** Checkpoints are spaced, unless what waits for one grows too large. */
  #isTooSoon(): boolean {
    return systemClock.now() < this.#checkpointAt && !this.#traffic.isPressing;
  }

  #keepCheckpoint(): void {
    const taken = this.#taken;
    if (taken === undefined || this.#findingsKept < taken.findings) return;
    const begun = performance.now();
    try {
      this.#store.checkpoint(taken.positions, taken.detectors);
    } catch (error) {
      // The older checkpoint still holds; the next idle moment tries again.
      if (!isDiskFull(error)) throw error;
      return;
    }
    this.#taken = undefined;
    this.#keepTraffic();
    const cost = taken.tookMs + performance.now() - begun;
    const pause = Math.min(LONGEST_CHECKPOINT_MS, Math.max(CHECKPOINT_MS, cost / CHECKPOINT_SHARE));
    this.#checkpointAt = systemClock.now() + pause;
  }

  /** The checkpoint has the sums; a disk that is full now takes them with the next one. */
  #keepTraffic(): void {
    try {
      this.#traffic.keep();
      this.#trafficProblem = undefined;
    } catch (error) {
      const { kind, message } = databaseFailure(error, dataDirectory);
      if (kind !== 'UNAVAILABLE') throw error;
      this.#dirty = true;
      // Said once, not at every attempt.
      if (this.#trafficProblem !== message.key) send({ type: 'problem', message });
      this.#trafficProblem = message.key;
    }
  }

  #idle(): void {
    if (this.#waiting) return;
    this.#advance();
    this.#keepCheckpoint();
    this.#checkpoint();
    try {
      if (this.#due.length === 0) this.#store.maintain();
    } catch (error) {
      // Sealing only saves space; what is not sealed is as safe as what is.
      if (databaseFailure(error, dataDirectory).kind !== 'UNAVAILABLE') throw error;
    }
  }

  #retain(): void {
    const { retention, archived } = this.#settings;
    const mayGo = (partition: string, lastSequence: () => number): boolean =>
      !archived.some((logClass) => partition.startsWith(`${logClass}/`)) ||
      // Lines that came after the archive was made are not in it.
      this.#released.get(partition) === lastSequence();
    for (const { partition, bytes } of this.#store.retain(retention, systemClock.now(), mayGo)) {
      send({ type: 'retained', partition, bytes });
    }
    this.#trafficStore.retain(this.#settings.retention.access.days, systemClock.now());
  }

  #report(): void {
    send({
      type: 'report',
      usedBytes: this.#store.usedBytes(),
      evaluatedAt: this.#evaluatedAt,
      traffic: this.#traffic.takeLive(),
      queues: [
        { name: 'pipeline.order', depth: this.#order.waiting, limit: MAX_EARLY_CHUNKS, dropped: 0 },
        { name: 'pipeline.patterns', limit: MAX_TEMPLATES * 2, ...this.#patterns },
        this.#traffic.queue(),
        ...this.#behaviours.queues(),
      ],
    });
  }

  /** Everything that arrived is stored by now; a last checkpoint spares the next start reading again. */
  #stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#keepCheckpoint();
    this.#checkpointAt = 0;
    this.#checkpoint();
    this.#store.close();
    this.#trafficStore.close();
    send({ type: 'closed', usedBytes: this.#store.usedBytes() });
    parentPort?.close();
    for (const port of this.#ports) port.close();
  }
}

/**
 * Gives back the memory of what came with a chunk, which is dealt with. It lived through collections while its chunk waited,
 * so that the collector would come to it only with the old generation: 15 MB of such were there.
 */
function giveBack({ events, parts }: ParsedChunk): void {
  const blocks = parts.flatMap((part) => part.blocks);
  for (const buffer of [...transferables(events), ...transferList(blocks)]) buffer.transfer(0);
}

/**
 * Lines of now, and those of the last minutes that were written while nobody read: the rest of the file after a crash,
 * a log that was added just now. History is left to searching.
 */
function isShownLive(chunk: ParsedChunk): boolean {
  return chunk.live || (chunk.newestTime ?? 0) > chunk.readAt - CATCH_UP_MS;
}

/** What the live tail shows of rows just stored. */
function viewLines(rows: StoredLines, { partition, skipped, firstSequence }: WriteResult): LogLine[] {
  const text = Buffer.from(rows.text.buffer, rows.text.byteOffset, rows.text.byteLength);
  const lines: LogLine[] = [];
  for (let index = Math.max(skipped, rows.count - MAX_PAGE_LINES); index < rows.count; index += 1) {
    const start = index === 0 ? 0 : (rows.textEnds[index - 1] ?? 0);
    const end = rows.textEnds[index] ?? start;
    const cut = end - start > MAX_VIEW_LINE_LENGTH;
    const line: LogLine = {
      id: `${partition}/${firstSequence + index - skipped}`,
      time: rows.times[index] ?? 0,
      level: rows.levels[index] ?? 6,
      sourceId: rows.sourceId,
      text: text.toString('utf8', start, cut ? start + MAX_VIEW_LINE_LENGTH : end),
    };
    const pattern = rows.patternTable[rows.patterns[index] ?? 0] ?? '';
    if (pattern !== '') line.pattern = patternOfEntry(pattern).id;
    const address = addressOf(rows, index);
    if (address !== '') line.address = address;
    if (cut) line.truncated = true;
    lines.push(line);
  }
  return lines;
}

function start(): LogWriter | undefined {
  try {
    return new LogWriter(settings);
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const { kind, message } = error.failure;
    send({ type: 'refused', failure: { kind, message } });
    return undefined;
  }
}

const writer = start();
collectAtRest();
parentPort?.on('message', (message: ToLogWriter) => writer?.receive(message));
