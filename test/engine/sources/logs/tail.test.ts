import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import { LogTail } from '../../../../src-main/engine/sources/logs/tail.ts';
import {
  asText,
  logIn,
  MemoryStore,
  numbered,
  QUICK,
  readOnce,
  start,
  temporaryDirectory,
  withoutPrivileges,
} from './tail-harness.ts';

describe('a followed file', () => {
  test('gives what is there, then what is appended', async () => {
    const path = logIn(temporaryDirectory());
    const lines = numbered('first', 50);
    writeFileSync(path, asText(lines));
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(50);
    appendFileSync(path, 'more\n');
    await store.untilLines(51);
    expect(store.lines).toEqual([...lines, 'more']);
    expect(store.chunks[0]?.live).toBe(false);
    expect(store.chunks.at(-1)?.live).toBe(true);
  });

  test('is read from its beginning when it appears later', async () => {
    const path = logIn(temporaryDirectory());
    const store = new MemoryStore();
    const { tail } = start(store, [path]);
    await vi.waitUntil(() => tail.states()[0]?.reason?.key === 'sources.reason.absent');
    writeFileSync(path, 'a\nb\n');
    await store.untilLines(2);
    expect(store.lines).toEqual(['a', 'b']);
    await vi.waitUntil(() => tail.states()[0]?.reason === undefined);
  });

  test('keeps half a line back until its newline comes', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'whole\nhal');
    const store = new MemoryStore();
    start(store, [path], { timings: { partial: 60_000 } });
    await store.untilLines(1);
    appendFileSync(path, 'f\n');
    await store.untilLines(2);
    expect(store.lines).toEqual(['whole', 'half']);
  });

  test('takes half a line as it is when nothing follows for a while', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'whole\nrest');
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(2);
    expect(store.lines).toEqual(['whole', 'rest']);
    expect(store.chunks.at(-1)?.final).toBe(true);
  });
});

describe('what a source is', () => {
  test('a folder: its own files, not packed ones', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a.log'), 'a\n');
    writeFileSync(join(directory, 'b.log.2.xz'), 'b\n');
    writeFileSync(join(directory, 'wtmp.1.gz'), 'b\n');
    mkdirSync(join(directory, 'inner'));
    writeFileSync(join(directory, 'inner', 'c.log'), 'c\n');
    const store = new MemoryStore();
    await readOnce(store, [directory]);
    expect(store.lines).toEqual(['a']);
  });

  test('a glob: also files that appear later', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a.log'), 'a\n');
    writeFileSync(join(directory, 'a.txt'), 'x\n');
    const store = new MemoryStore();
    start(store, [join(directory, '*.log')]);
    await store.untilLines(1);
    writeFileSync(join(directory, 'b.log'), 'b\n');
    await store.untilLines(2);
    expect(store.lines).toEqual(['a', 'b']);
  });

  test('a glob without a match says so', async () => {
    const path = join(temporaryDirectory(), '*.log');
    const { tail } = start(new MemoryStore(), [path]);
    await vi.waitUntil(() => tail.states()[0]?.reason?.key === 'sources.reason.noMatch');
  });

  test('a file reached by two names is read once', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'real.log'), 'a\n');
    symlinkSync(join(directory, 'real.log'), join(directory, 'link.log'));
    const store = new MemoryStore();
    await readOnce(store, [directory, join(directory, 'link.log')]);
    expect(store.lines).toEqual(['a']);
  });

  test('a symbolic link is followed to another file when it is changed', async () => {
    const directory = temporaryDirectory();
    const link = join(directory, 'link.log');
    writeFileSync(join(directory, 'one'), 'a\n');
    writeFileSync(join(directory, 'two'), 'b\n');
    symlinkSync(join(directory, 'one'), link);
    const store = new MemoryStore();
    start(store, [link]);
    await store.untilLines(1);
    unlinkSync(link);
    symlinkSync(join(directory, 'two'), link);
    await store.untilLines(2);
    expect(store.lines).toEqual(['a', 'b']);
  });

  test('a pipe is refused with a reason', async () => {
    const path = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const { tail } = start(new MemoryStore(), [path]);
    await vi.waitUntil(() => tail.states()[0]?.reason?.key === 'sources.reason.notRegular');
  });

  test('a file we may not read says so, and is read once we may', async () => {
    const directory = temporaryDirectory();
    const path = logIn(directory);
    writeFileSync(path, 'a\n');
    chmodSync(path, 0);
    const store = new MemoryStore();
    await withoutPrivileges(directory, async () => {
      const { tail } = start(store, [path]);
      await vi.waitUntil(() => tail.states()[0]?.reason?.key === 'sources.reason.permission');
      expect(store.lines).toEqual([]);
    });
    chmodSync(path, 0o644);
    await store.untilLines(1);
    expect(store.lines).toEqual(['a']);
  });

  test('thousands of files of one glob are all read, with few of them open', async () => {
    const directory = temporaryDirectory();
    for (let index = 0; index < 3_000; index += 1)
      writeFileSync(join(directory, `${index}.log`), `line ${index}\n`);
    const store = new MemoryStore();
    const { tail } = start(store, [join(directory, '*.log')], {
      maxDescriptors: 64,
      timings: { active: 1_000 },
    });
    await store.untilLines(3_000);
    expect(new Set(store.lines).size).toBe(3_000);
    expect(tail.states()[0]?.files).toBe(3_000);
    expect(tail.openFiles).toBeLessThanOrEqual(80);
  });

  test('of a large file first seen only the last part is read, from the start of a line', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, asText(numbered('line', 1000)));
    const store = new MemoryStore();
    await readOnce(store, [{ id: 'x', path, historyBytes: 500 }]);
    expect(store.lines.length).toBeLessThan(30);
    expect(store.lines.at(-1)).toMatch(/^line 999 /);
    expect(store.lines[0]).toMatch(/^line \d+ \.*$/);
  });
});

describe('the consumer', () => {
  test('decides how far reading goes: no more chunks are out than it may hold', async () => {
    const directory = temporaryDirectory();
    for (const name of ['a', 'b', 'c', 'd']) writeFileSync(join(directory, `${name}.log`), `${name}\n`);
    const store = new MemoryStore();
    const tail = new LogTail({
      registry: store.registry,
      known: store.known,
      clock: systemClock,
      maxInFlight: 2,
      timings: QUICK,
    });
    onTestFinished(() => tail.close());
    tail.setSources([{ id: 'x', path: directory }]);
    const first = await tail.next();
    await tail.next();
    let third = false;
    const waiting = tail.next().then(() => (third = true));
    await vi.waitUntil(() => tail.states()[0]?.files === 4);
    expect(third).toBe(false);
    tail.release(first!);
    await waiting;
    expect(third).toBe(true);
  });

  test('that could take only part of a chunk gets the rest from the copy', async () => {
    const directory = temporaryDirectory();
    const path = logIn(directory);
    const lines = numbered('line', 20_000);
    writeFileSync(path, asText(lines));
    const store = new MemoryStore();
    const tail = new LogTail({
      registry: store.registry,
      known: store.known,
      clock: systemClock,
      timings: QUICK,
    });
    onTestFinished(() => tail.close());
    tail.setSources([{ id: 'x', path }]);
    const chunk = await tail.next();
    expect(chunk?.bytes).toBeUndefined();
    // Cut between handing out and reading.
    copyFileSync(path, `${path}.1`);
    truncateSync(path, 1000);
    tail.release(chunk!, store.take(chunk!));
    while (store.lines.length < lines.length) {
      const next = await tail.next();
      tail.release(next!, store.take(next!));
    }
    expect(store.lines.slice(0, lines.length)).toEqual(lines);
  });
});

describe('large things', () => {
  test('a line of 10 MB comes whole', async () => {
    const path = logIn(temporaryDirectory());
    const long = 'x'.repeat(10_000_000);
    writeFileSync(path, `a\n${long}\nb\n`);
    const store = new MemoryStore();
    const tail = await readOnce(store, [path]);
    expect(store.lines.map((line) => line.length)).toEqual([1, 10_000_000, 1]);
    expect(tail.counters.splitLines).toBe(0);
  });

  test('a line of 20 MB is split, and counted', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, `${'x'.repeat(20 * 1024 * 1024)}\nb\n`);
    const store = new MemoryStore();
    const tail = await readOnce(store, [path]);
    expect(store.lines.map((line) => line.length)).toEqual([16 * 1024 * 1024, 4 * 1024 * 1024, 1]);
    expect(tail.counters.splitLines).toBe(1);
  });

  test('binary content passes unchanged', async () => {
    const path = logIn(temporaryDirectory());
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 73 + 11) % 256));
    writeFileSync(path, Buffer.concat([bytes, Buffer.from('\n')]));
    const store = new MemoryStore();
    await readOnce(store, [path]);
    expect(store.lines.join('\n')).toBe(bytes.toString('latin1'));
  });

  test('several chunks of one file come in order, small files in between', async () => {
    const directory = temporaryDirectory();
    const big = numbered('big', 400_000);
    writeFileSync(join(directory, 'a.log'), asText(big));
    writeFileSync(join(directory, 'b.log'), 'small\n');
    const store = new MemoryStore();
    start(store, [directory]);
    await store.untilLines(big.length + 1);
    expect(store.lines.filter((line) => line !== 'small')).toEqual(big);
    expect(store.lines.indexOf('small')).toBeLessThan(store.lines.length - 1);
  });
});

describe('a followed file of UTF-16', () => {
  test('is cut at whole newlines, however it is written', async () => {
    const path = logIn(temporaryDirectory());
    // The byte of a newline is in both characters between the words.
    const text = '\ufeffone\u0a0a\u300atwo\nthree\u0a41\nfour\n';
    const bytes = Buffer.from(text, 'utf16le');
    const store = new MemoryStore();
    writeFileSync(path, bytes.subarray(0, 11));
    start(store, [path], { timings: { partial: 60_000 } });
    for (const [from, to] of [
      [11, 17],
      [17, 18],
      [18, 31],
      [31, bytes.length],
    ]) {
      appendFileSync(path, bytes.subarray(from, to));
      const whole = text.slice(0, Math.floor((to ?? 0) / 2)).lastIndexOf('\n') * 2 + 2;
      await store.until(() => (store.positions.get(1) ?? 0) === whole);
    }
    expect(store.chunks.every((chunk) => chunk.encoding === 'utf-16le')).toBe(true);
    expect(store.positions.get(1)).toBe(bytes.length);
  });
});

describe('files that are read once', () => {
  test('are read one after another, and the last chunk of each says so', async () => {
    const directory = temporaryDirectory();
    const paths = ['a.log', 'b.log', 'c.log'].map((name) => join(directory, name));
    // Several chunks of a megabyte each.
    for (const path of paths) writeFileSync(path, asText(numbered(path, 60_000)));
    const store = new MemoryStore();
    await readOnce(store, paths);
    const streams = store.chunks.map((chunk) => chunk.stream);
    expect(streams.length).toBeGreaterThan(paths.length);
    expect(streams.filter((stream, index) => stream !== streams[index - 1])).toHaveLength(paths.length);
    const ending = store.chunks.filter((chunk) => chunk.ends === true);
    expect(ending.map((chunk) => chunk.stream)).toEqual([...new Set(streams)]);
    expect(store.chunks.filter((chunk, index) => chunk.stream !== streams[index + 1])).toEqual(ending);
  });
});
