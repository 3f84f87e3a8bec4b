import {
  appendFileSync,
  copyFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { asText, logIn, MemoryStore, numbered, readOnce, start, temporaryDirectory } from './tail-harness.ts';

/** As logrotate's copytruncate does: what nobody has read yet is in the copy alone. */
function copyAndTruncate(path: string, unread: string): void {
  appendFileSync(path, unread);
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** Ten lines were read, then the file was copied and truncated while nobody watched, an eleventh in it. */
async function truncatedUnseen(): Promise<{ path: string; store: MemoryStore }> {
  const path = logIn(temporaryDirectory());
  writeFileSync(path, asText(numbered('old', 10)));
  const store = new MemoryStore();
  await readOnce(store, [path]);
  copyAndTruncate(path, 'unread\n');
  return { path, store };
}

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
    copyAndTruncate(path, 'unread 1\nunread 2\n');
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
    copyAndTruncate(path, 'unread\n');
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
    const { path, store } = await truncatedUnseen();
    appendFileSync(path, 'new\n');
    await readOnce(store, [path]);
    expect(store.lines.slice(10)).toEqual(['unread', 'new']);
  });

  test('a file copied, truncated and rotated meanwhile is read to its end from the copy', async () => {
    const { path, store } = await truncatedUnseen();
    renameSync(path, `${path}.2`);
    writeFileSync(path, 'new\n');
    await readOnce(store, [path]);
    expect(store.lines.slice(10).toSorted()).toEqual(['new', 'unread']);
    await readOnce(store, [path]);
    expect(store.lines).toHaveLength(12);
  });

  test('between truncation and the rest in the copy', async () => {
    const { path, store } = await truncatedUnseen();
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
