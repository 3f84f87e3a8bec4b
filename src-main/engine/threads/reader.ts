import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { FailureError, type Failure } from '../flow/failure.ts';
import { systemClock } from '../flow/clock.ts';
import { compiledBySource } from '../own-formats.ts';
import { createFieldReader } from '../parse/field-reader.ts';
import { STORE_FAILURE } from '../store/failures.ts';
import { openLogReader } from '../store/read/log-reader.ts';
import type {
  FromReader,
  OwnFormats,
  ReadAnswer,
  ReaderThreadData,
  ReadRequest,
  ToReader,
} from '../store/read/reader-messages.ts';
import type { ReadSignal } from '../store/types.ts';

/*
 * A reader thread: answers one request after another from the partitions. It may be terminated at any time: it only reads.
 */

const { directory, cancelled } = workerData as ReaderThreadData;
const stopFlag = new Int32Array(cancelled);
let ownFormats: OwnFormats = [];
const reader = openLogReader(directory, {
  onProblem: (failure) => tell({ type: 'problem', failure: withoutCause(failure) }),
  stopwatch: () => performance.now(),
  fields: createFieldReader(
    systemClock,
    compiledBySource(() => ownFormats),
  ),
  clock: systemClock,
});

parentPort?.on('message', (message: ToReader) => void work(message));

async function work({ number, request, ownFormats: formats }: ToReader): Promise<void> {
  try {
    ownFormats = formats;
    const until = performance.now() + (request.budgetMs ?? Infinity);
    const signal = {
      get cancelled() {
        return Atomics.load(stopFlag, 0) === number;
      },
      get outOfTime() {
        return performance.now() >= until;
      },
    };
    tell({ type: 'answer', number, answer: await answer(request, signal) });
  } catch (error) {
    tell({ type: 'failed', number, failure: failureOf(error) });
  }
}

async function answer(request: ReadRequest, signal: ReadSignal): Promise<ReadAnswer> {
  const { call } = request;
  switch (call) {
    case 'search':
      return {
        call,
        value: reader.search(request.filter, request.direction, request.cursor, request.limit, signal),
      };
    case 'count':
      return { call, value: reader.count(request.filter, signal, request.part) };
    case 'histogram': {
      const { filter, range, buckets, part } = request;
      return { call, value: reader.histogram(filter, range, buckets, signal, part) };
    }
    case 'patterns':
      return { call, value: reader.patterns(request.filter, request.range, request.limit, signal) };
    case 'trace':
      return { call, value: reader.trace(request.id, request.around, signal) };
    // What these two load is not waited for by a search.
    case 'archive': {
      const { writeArchive } = await import('../store/archive/write-archive.ts');
      return { call, value: writeArchive(join(directory, 'logs'), request.request) };
    }
    case 'traffic': {
      const { readTraffic } = await import('../store/traffic/traffic-reader.ts');
      return { call, value: readTraffic(directory, request.question) };
    }
    case 'fieldNames':
      return { call, value: reader.fieldNames() };
    case 'fieldValues':
      return { call, value: reader.fieldValues(request.name) };
    case 'context':
      return { call, value: reader.context(request.id, request.before, request.after) };
    case 'line':
      return { call, value: reader.line(request.id) };
    case 'lineAt':
      return { call, value: reader.lineAt(request.stream, request.offset, request.time) };
  }
}

function tell(message: FromReader): void {
  parentPort?.postMessage(message);
}

function failureOf(error: unknown): Failure {
  if (error instanceof FailureError) return withoutCause(error.failure);
  const message = { key: STORE_FAILURE.internal, parameters: { path: directory, code: '' } };
  return withoutCause({ kind: 'INTERNAL', message, cause: error });
}

/** An error of the database's own class can't cross between threads; its text is what the log needs. */
function withoutCause(failure: Failure): Failure {
  const { cause, ...rest } = failure;
  if (cause === undefined) return rest;
  return { ...rest, cause: cause instanceof Error ? (cause.stack ?? cause.message) : 'unknown' };
}
