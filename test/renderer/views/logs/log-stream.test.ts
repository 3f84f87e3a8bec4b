import { effectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLine, SearchPage } from '../../../../src-preload/contract/logs.ts';
import { isGap } from '../../../../src-renderer/views/logs/line-window.ts';
import { useLogStream, type LogStream } from '../../../../src-renderer/views/logs/use-log-stream.ts';
import { line, lines } from './lines.ts';

interface Question {
  answer: (lines: LogLine[]) => Promise<void>;
  fail: () => Promise<void>;
}

/** A stream whose searches are answered by hand. */
function open(): { stream: LogStream; asked: Question[]; texts: () => string[] } {
  const asked: Question[] = [];
  const scope = effectScope();
  const stream = scope.run(() =>
    useLogStream({
      search: (_input, signal) =>
        new Promise<SearchPage>((resolve, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
          asked.push({
            answer: (found) => settled(() => resolve({ lines: found, scannedLines: 0, elapsedMs: 0 })),
            fail: () => settled(() => reject(new Error('no answer in time'))),
          });
        }),
      shown: () => ({ text: '', regex: false }),
      sought: () => ({ text: '', regex: false }),
      isHit: () => false,
      range: () => ({ from: 0, to: 1000 }),
      live: () => true,
    }),
  );
  if (stream === undefined) throw new Error('no scope');
  return { stream, asked, texts: () => stream.rows.value.map((row) => (isGap(row) ? 'gap' : row.text)) };
}

async function settled(act: () => void): Promise<void> {
  act();
  await vi.advanceTimersByTimeAsync(0);
}

const push = (...items: LogLine[]): { items: LogLine[]; dropped: number } => ({ items, dropped: 0 });

describe('lines and the page they join', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows what came while the page was under way behind it, once', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    stream.receive(push(line(2), line(3)));
    expect(texts()).toEqual([]);
    await asked[0]?.answer(lines(1, 2));
    expect(texts()).toEqual(['line 1', 'line 2', 'line 3']);
  });

  it('shows what came while a page was under way that failed or was cancelled, and what comes then', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    stream.receive(push(line(2)));
    await asked[0]?.fail();
    expect(texts()).toEqual(['line 2']);
    void stream.reload();
    stream.receive(push(line(3)));
    stream.cancel();
    expect(texts()).toEqual(['line 2', 'line 3']);
    stream.receive(push(line(4)));
    expect(texts()).toEqual(['line 2', 'line 3', 'line 4']);
  });

  it('asks anew when a line comes after a page failed: the engine answers again', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    await asked[0]?.fail();
    stream.receive(push(line(3)));
    stream.receive(push(line(4)));
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toHaveLength(2);
    await asked[1]?.answer(lines(1, 4));
    expect(stream.error.value).toBeUndefined();
    expect(texts()).toEqual(['line 1', 'line 2', 'line 3', 'line 4']);
  });

  it('lets go of the lines of another question when its own page fails, and keeps them of the same', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    await asked[0]?.answer(lines(1, 2));
    void stream.reload();
    await asked[1]?.fail();
    expect(texts()).toEqual(['line 1', 'line 2']);
    void stream.reload({ anew: true });
    await asked[2]?.fail();
    expect(texts()).toEqual([]);
    expect(stream.error.value).toBeDefined();
  });

  it('is read anew when more lines are stored than it has: old ones were added to a log meanwhile', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    await asked[0]?.answer(lines(5, 6));
    stream.counted(2);
    expect(asked).toHaveLength(1);
    stream.counted(4);
    await asked[1]?.answer(lines(3, 6));
    expect(texts()).toEqual(lines(3, 6).map(({ text }) => text));
    stream.counted(7);
    await asked[2]?.answer(lines(3, 6));
    stream.counted(7);
    expect(asked).toHaveLength(3);
    stream.pause('scrolled');
    stream.counted(9);
    expect(asked).toHaveLength(3);
  });

  it('reads what it missed while it stood still before it follows again', async () => {
    const { stream, asked, texts } = open();
    void stream.reload();
    await asked[0]?.answer(lines(1, 2));
    stream.pause('scrolled');
    stream.missed();
    stream.receive(push(line(5)));
    expect(texts()).toEqual(['line 1', 'line 2']);
    void stream.resume();
    await asked[1]?.answer(lines(1, 5));
    expect(texts()).toEqual(lines(1, 5).map(({ text }) => text));
  });
});
