import { setImmediate } from 'node:timers/promises';
import type { ParsedLogFilter } from '../../src-preload/contract/log-filter.ts';
import { systemClock } from './flow/clock.ts';
import type { Failure } from './flow/failure.ts';
import type { FieldReader } from './flow/field-reader.ts';
import { asksForFields } from './store/read/query/compile.ts';
import { openStoredLogs } from './stored-logs.ts';
import type { LogReader, ReadSignal, ScanPart } from './store/types.ts';

/** Slices in which a count goes on, with progress between them. */
const SLICE_MS = 150;
/** What takes no longer than this is not shared: a thread takes a quarter of it to start, and its processor time. */
const ALONE_MS = 400;

/** Who counts in a terminal waits as long as it takes, also while the machine sleeps: the longest timer there is. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

/** So many parts two threads take in turns: one of them begins later. */
const SHARES = 8;

/** How far a count is, in lines. */
export interface CountProgress {
  scanned: number;
  total: number;
  count: number;
}

/**
 * Counts the lines of a data directory that match, an engine running on it or not. What takes longer is shared with a thread.
 * @param readerThread file of `threads/reader`
 * @param onProgress told after every slice how far it is
 */
export async function countLogs(
  dataDirectory: string,
  filter: ParsedLogFilter,
  readerThread: string,
  onProblem: (problem: Failure) => void,
  onProgress: (progress: CountProgress) => void,
): Promise<number> {
  const logs = openStoredLogs(dataDirectory, await fieldsFor(filter), onProblem);
  try {
    const first = logs.count(filter, endingIn(SLICE_MS));
    const progress = { scanned: 0, total: first.totalLines, count: 0 };
    const add = (slice: { count: number; scannedLines: number }): void => {
      progress.count += slice.count;
      progress.scanned += slice.scannedLines;
      onProgress({ ...progress });
    };
    add(first);
    if (first.cursor === undefined) return progress.count;
    // Files are opened and code is compiled in the first one: only the second tells how long the rest will take.
    const second = logs.count(filter, endingIn(SLICE_MS), { cursor: first.cursor });
    add(second);
    const { cursor, elapsedMs, scannedLines } = second;
    if (cursor === undefined) return progress.count;
    const restMs = (elapsedMs * (progress.total - progress.scanned)) / Math.max(1, scannedLines);
    if (restMs <= ALONE_MS) return progress.count + logs.count(filter, NEVER, { cursor }).count;
    // All go on from the same place, each share with its part of the blocks; who is done with one takes the next.
    const shares = Array.from({ length: SHARES }, (_, index) => ({ cursor, share: { index, of: SHARES } }));
    const next = (): ScanPart | undefined => shares.pop();
    const other = countInThread({ dataDirectory, filter, readerThread, onProblem }, next, add);
    await Promise.all([other, countHere(logs, filter, next, add)]);
    return progress.count;
  } finally {
    logs.close();
  }
}

/** Most counts ask for texts: what reads fields takes as long to load as such a one takes to count. */
async function fieldsFor({ text, regex }: ParsedLogFilter): Promise<FieldReader> {
  if (regex || !asksForFields(text)) return NO_FIELDS;
  return (await import('./parse/field-reader.ts')).createFieldReader(systemClock);
}

function notAsked(): never {
  throw new TypeError('A query without fields asks for fields');
}
const NO_FIELDS: FieldReader = { parse: notAsked, placedIn: notAsked, describe: notAsked };

/** The next share that nobody has taken. */
type NextPart = () => ScanPart | undefined;
type AddSlice = (slice: { count: number; scannedLines: number }) => void;

async function countHere(
  logs: LogReader,
  filter: ParsedLogFilter,
  next: NextPart,
  add: AddSlice,
): Promise<void> {
  for (let part = next(); part !== undefined; part = next()) {
    let { cursor } = part;
    do {
      const slice = logs.count(filter, endingIn(SLICE_MS), { ...part, cursor });
      add(slice);
      cursor = slice.cursor;
      // The thread's slices are taken in between.
      await setImmediate();
    } while (cursor !== undefined);
  }
}

interface ThreadCount {
  dataDirectory: string;
  filter: ParsedLogFilter;
  readerThread: string;
  onProblem: (problem: Failure) => void;
}

async function countInThread(asked: ThreadCount, next: NextPart, add: AddSlice): Promise<void> {
  // Only who counts long enough to need it loads what starts threads.
  const { ReaderPool } = await import('./store/read/reader-pool.ts');
  const readers = new ReaderPool({
    threadFile: asked.readerThread,
    directory: asked.dataDirectory,
    threads: 1,
    onProblem: asked.onProblem,
  });
  const options = { budgetMs: SLICE_MS, timeoutMs: NO_DEADLINE_MS };
  for (let part = next(); part !== undefined; part = next()) {
    let { cursor } = part;
    do {
      const slice = await readers.countPart(asked.filter, { ...part, cursor }, options);
      add(slice);
      cursor = slice.cursor;
    } while (cursor !== undefined);
  }
  await readers.close();
}

const NEVER = { cancelled: false };

function endingIn(milliseconds: number): ReadSignal {
  const until = performance.now() + milliseconds;
  return {
    cancelled: false,
    get outOfTime() {
      return performance.now() >= until;
    },
  };
}
