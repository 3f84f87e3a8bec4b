import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customFormatSchema, type CustomFormat } from '../../../src-preload/contract/log-formats.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { ReaderPool } from '../../../src-main/engine/store/read/reader-pool.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { DAY_START, endOf, inStream, NO_FILTER, stored } from './sample-lines.ts';

const LINES = 60_000;
const clock = { now: () => DAY_START };
const threadFile = new URL('../../../src-main/engine/threads/reader.ts', import.meta.url);
const unexpected = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};
/** No literal in it, so every line goes through the expression: seconds of work. */
const SLOW = { text: '(\\w+\\s?)*[0-9]+x$', regex: true };

let directory = '';
let pool: ReaderPool;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-pool-'));
  const store = openLogStore(directory, { clock, onProblem: unexpected });
  const lines = inStream(
    Array.from({ length: LINES }, (_, index) => ({
      time: DAY_START + index,
      level: index % 8,
      address: '',
      bytes: Buffer.from(`line ${index} of the many that a slow expression has to look at one by one`),
    })),
  );
  store.appendBlocks(encodeBlocks(stored(lines)), { stream: 1, offset: endOf(lines) });
  store.close();
  pool = new ReaderPool({ threadFile, directory, threads: 1, onProblem: unexpected });
});
afterAll(async () => {
  await pool.close();
  rmSync(directory, { recursive: true, force: true });
});

const kindOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof FailureError ? error.failure.kind : error),
  );

describe('the reader pool', () => {
  it('answers every call from its thread', async () => {
    const page = await pool.search(NO_FILTER, 'older', undefined, 2);
    expect(page.lines.map((line) => line.time)).toEqual([DAY_START + LINES - 2, DAY_START + LINES - 1]);
    const [first] = page.lines;
    expect(await pool.line(first!.id)).toEqual(first);
    expect(await pool.context(first!.id, 1, 1)).toHaveLength(3);
    expect((await pool.count({ text: '"line 17 "', regex: false })).count).toBe(1);
    const range = { from: DAY_START, to: DAY_START + LINES };
    const histogram = await pool.histogram(NO_FILTER, range, 6);
    expect(histogram.buckets.map((bucket) => bucket.matches)).toEqual(
      Array.from({ length: 6 }, () => LINES / 6),
    );
    expect(histogram.oldestTime).toBe(DAY_START);
    expect((await pool.lineAt(1, 0, DAY_START))?.text).toContain('line 0 ');
  });

  it('shares a count and a histogram between threads, in slices or whole, and gets the same', async () => {
    const two = new ReaderPool({ threadFile, directory, threads: 2, onProblem: unexpected });
    const filter = { text: '/[37] of/', regex: false };
    const range = { from: DAY_START, to: DAY_START + LINES };
    const whole = await two.count(filter);
    expect(whole).toMatchObject({ count: LINES / 5, scannedLines: LINES, totalLines: LINES });
    let sum = 0;
    let matches = 0;
    let slices = 0;
    for (let cursor: string | undefined = undefined, done = false; !done; done = cursor === undefined) {
      const slice: Awaited<ReturnType<ReaderPool['count']>> = await two.count(filter, {
        cursor,
        budgetMs: 20,
      });
      sum += slice.count;
      slices += 1;
      cursor = slice.cursor;
    }
    expect(slices).toBeGreaterThan(1);
    expect(sum).toBe(whole.count);
    for (let cursor: string | undefined = undefined, done = false; !done; done = cursor === undefined) {
      const options = { cursor, budgetMs: 20 };
      const slice: Awaited<ReturnType<ReaderPool['histogram']>> = await two.histogram(
        filter,
        range,
        6,
        options,
      );
      matches += slice.buckets.reduce((all, bucket) => all + bucket.matches, 0);
      cursor = slice.cursor;
    }
    expect(matches).toBe(whole.count);
    await two.close();
  });

  it('stops a running read within its time when it is cancelled, and goes on with the next', async () => {
    const cancel = new AbortController();
    const slow = kindOf(pool.count(SLOW, { signal: cancel.signal }));
    const waiting = kindOf(pool.count(SLOW, { signal: cancel.signal }));
    cancel.abort();
    expect(await slow).toBe('CANCELLED');
    expect(await waiting).toBe('CANCELLED');
    expect((await pool.count(NO_FILTER)).count).toBe(LINES);
  });

  it('gives up at its time limit', async () => {
    expect(await kindOf(pool.count(SLOW, { timeoutMs: 1 }))).toBe('TIMED_OUT');
    expect((await pool.count(NO_FILTER)).count).toBe(LINES);
  });

  it('names what is wrong with an expression', async () => {
    expect(await kindOf(pool.count({ text: '(', regex: true }))).toBe('BAD_INPUT');
    expect(await kindOf(pool.search(NO_FILTER, 'older', 'no cursor', 10))).toBe('BAD_INPUT');
  });

  it('refuses what does not fit its queue, and counts it', async () => {
    const cancel = new AbortController();
    const kinds = Array.from({ length: 70 }, () => kindOf(pool.count(SLOW, { signal: cancel.signal })));
    expect(pool.queue().depth).toBe(64);
    expect(pool.queue().dropped).toBe(5);
    cancel.abort();
    const settled = await Promise.all(kinds);
    expect(settled.filter((kind) => kind === 'UNAVAILABLE')).toHaveLength(5);
    expect(settled.filter((kind) => kind === 'CANCELLED')).toHaveLength(65);
  });

  it('reads fields by the format of their source, as the settings have it when a question is put', async () => {
    const shop = mkdtempSync(join(tmpdir(), 'yagura-pool-own-'));
    const store = openLogStore(shop, { clock, onProblem: unexpected });
    const lines = inStream(
      Array.from({ length: 20 }, (_, index) => ({
        time: DAY_START + index,
        level: 6,
        address: '',
        bytes: Buffer.from(`2026-11-21 09:00:00 A-${index} shipped`),
      })),
    );
    for (const [stream, sourceId] of ['shop.log', 'other.log'].entries()) {
      const batch = stored(lines, stream + 1, 'application', sourceId);
      store.append(batch, { stream: stream + 1, offset: endOf(lines) });
    }
    store.close();
    const format = customFormatSchema.parse({
      name: 'shop',
      kind: 'pattern',
      pattern: '{time} {order} {message}',
    });
    let own: [string, CustomFormat][] = [];
    const readers = new ReaderPool({
      threadFile,
      directory: shop,
      threads: 1,
      onProblem: unexpected,
      ownFormats: () => own,
    });
    const counted = async (text: string) => (await readers.count({ text, regex: false })).count;
    expect(await counted('order:A-17')).toBe(0);
    own = [['shop.log', format]];
    expect(await counted('order:A-17')).toBe(1);
    expect(await counted('order:*')).toBe(20);
    await readers.close();
    rmSync(shop, { recursive: true, force: true });
  });

  it('ends a thread that has nothing to do, and answers the next request from a new one', async () => {
    const resting = new ReaderPool({ threadFile, directory, threads: 1, onProblem: unexpected, idleMs: 1 });
    const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    for (let round = 0; round < 3; round += 1) {
      expect((await resting.count({ text: '"line 17 "', regex: false })).count).toBe(1);
      // At once as well: while the former thread is still on its way out.
      if (round === 0) continue;
      await expect.poll(threads, { timeout: 5000 }).toBe(0);
    }
    await resting.close();
  });
});
