import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
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
  MemoryStore,
  numbered,
  QUICK,
  readOnce,
  start,
  temporaryDirectory,
  withoutPrivileges,
} from './tail-harness.ts';

function logIn(directory: string): string {
  return join(directory, 'app.log');
}

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

describe('rotation', () => {
  test('create: the old file is read to its end, then the new one', async () => {
    const path = logIn(temporaryDirectory());
    const before = numbered('before', 30);
    writeFileSync(path, asText(before));
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(30);
    appendFileSync(path, 'last of the old\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'first of the new\n');
    appendFileSync(`${path}.1`, 'late writer\n');
    await store.untilLines(33);
    expect(store.lines.toSorted()).toEqual(
      [...before, 'last of the old', 'late writer', 'first of the new'].toSorted(),
    );
    expect(store.lines.indexOf('last of the old')).toBeLessThan(store.lines.indexOf('first of the new'));
  });

  test('a writer that keeps the renamed file open is followed', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(1);
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, 'b\n');
    await store.untilLines(2);
    appendFileSync(`${path}.1`, 'c\n');
    await store.untilLines(3);
    expect(store.lines).toEqual(['a', 'b', 'c']);
  });

  test('a line without newline in the rotated file is taken', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    start(store, [path], { timings: { partial: 60_000 } });
    await store.untilLines(1);
    appendFileSync(path, 'cut');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'b\n');
    await store.untilLines(3);
    expect(store.lines).toEqual(['a', 'cut', 'b']);
  });

  test('within a watched folder nothing is read twice', async () => {
    const directory = temporaryDirectory();
    const path = logIn(directory);
    writeFileSync(path, asText(numbered('one', 20)));
    const store = new MemoryStore();
    start(store, [directory]);
    await store.untilLines(20);
    for (const round of [2, 3, 4]) {
      if (round > 2) renameSync(`${path}.1`, `${path}.${round}`);
      renameSync(path, `${path}.1`);
      writeFileSync(path, asText(numbered(`round ${round}`, 20)));
      await store.untilLines((round - 0) * 20);
    }
    appendFileSync(path, 'end\n');
    await store.until(() => store.lines.includes('end'));
    expect(store.lines).toHaveLength(81);
    expect(new Set(store.lines).size).toBe(81);
  });
});

describe('truncation', () => {
  test('a new stream begins', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, asText(numbered('old', 10)));
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(10);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    await store.untilLines(11);
    expect(store.lines.at(-1)).toBe('new');
    expect(new Set(store.chunks.map((chunk) => chunk.stream)).size).toBe(2);
  });

  test('is noticed when the file is larger than before at the next look', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, asText(numbered('old', 5)));
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(5);
    const lines = numbered('new', 50);
    writeFileSync(path, asText(lines));
    await store.untilLines(55);
    expect(store.lines.slice(5)).toEqual(lines);
  });

  test('copytruncate: what was not yet read is read from the copy', async () => {
    const directory = temporaryDirectory();
    const path = logIn(directory);
    writeFileSync(path, asText(numbered('old', 10)));
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(10);
    appendFileSync(path, 'unread 1\nunread 2\n');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    await store.untilLines(13);
    expect(store.lines.slice(10)).toEqual(['unread 1', 'unread 2', 'new']);
  });

  test('copytruncate in a watched folder: the copy is not read again', async () => {
    const directory = temporaryDirectory();
    const path = logIn(directory);
    writeFileSync(path, asText(numbered('old', 100)));
    const store = new MemoryStore();
    start(store, [directory]);
    await store.untilLines(100);
    appendFileSync(path, 'unread\n');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    await store.untilLines(102);
    writeFileSync(join(directory, 'other.log'), 'other\n');
    await store.until(() => store.lines.includes('other'));
    expect(store.lines.slice(100)).toEqual(['unread', 'new', 'other']);
  });
});

describe('deletion', () => {
  test('and re-creation: the deleted file is read to its end, then the new one', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(1);
    appendFileSync(path, 'b\n');
    unlinkSync(path);
    writeFileSync(path, 'c\n');
    await store.untilLines(3);
    expect(store.lines).toEqual(['a', 'b', 'c']);
  });

  test('and re-creation with the same content: it is read again', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'same\n');
    const store = new MemoryStore();
    start(store, [path]);
    await store.untilLines(1);
    unlinkSync(path);
    writeFileSync(path, 'same\n');
    await store.untilLines(2);
    expect(store.lines).toEqual(['same', 'same']);
  });

  test('says that the file vanished', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    const { tail } = start(store, [path]);
    await store.untilLines(1);
    unlinkSync(path);
    await vi.waitUntil(() => tail.states()[0]?.reason?.key === 'sources.reason.vanished');
  });
});

describe('across a restart', () => {
  test('goes on where it stood', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\nb\n');
    const store = new MemoryStore();
    await start(store, [path]).stop();
    await readOnce(store, [path]);
    appendFileSync(path, 'c\n');
    await readOnce(store, [path]);
    expect(store.lines).toEqual(['a', 'b', 'c']);
  });

  test('a file rotated meanwhile is read to its end under its new name, then the new one', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    await readOnce(store, [path]);
    appendFileSync(path, 'b\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'c\n');
    await readOnce(store, [path]);
    expect(store.lines).toEqual(['a', 'b', 'c']);
  });

  test('a file copied and truncated meanwhile is read to its end from the copy', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, asText(numbered('old', 10)));
    const store = new MemoryStore();
    await readOnce(store, [path]);
    appendFileSync(path, 'unread\n');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    await readOnce(store, [path]);
    expect(store.lines.slice(10)).toEqual(['unread', 'new']);
  });

  test('between truncation and the rest in the copy', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, asText(numbered('old', 10)));
    const store = new MemoryStore();
    await readOnce(store, [path]);
    appendFileSync(path, 'unread\n');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, 'new\n');
    // The stream after the truncation got its number, then the engine was killed.
    const first = store.streams[0]!;
    await store.registry.create({ ...first, fingerprint: 'x', fingerprintLength: 0 });
    await readOnce(store, [path]);
    expect(store.lines.slice(10)).toEqual(['unread', 'new']);
  });

  test('a truncated and rewritten file is another stream', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\nb\n');
    const store = new MemoryStore();
    await readOnce(store, [path]);
    writeFileSync(path, 'c\nd\ne\n');
    await readOnce(store, [path]);
    expect(store.lines).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('another file on the same inode is another stream', async () => {
    const path = logIn(temporaryDirectory());
    writeFileSync(path, 'a\n');
    const store = new MemoryStore();
    await readOnce(store, [path]);
    rmSync(path);
    writeFileSync(path, 'b\nlonger\n');
    await readOnce(store, [path]);
    expect(store.lines).toEqual(['a', 'b', 'longer']);
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
