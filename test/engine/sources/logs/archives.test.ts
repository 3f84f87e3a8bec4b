import { appendFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import {
  archiveKind,
  DamagedArchiveError,
  decompress,
} from '../../../../src-main/engine/sources/logs/archives/decompress.ts';
import { readLines } from '../../../../src-main/engine/sources/logs/whole-file.ts';
import { asText, MemoryStore, numbered, readOnce, start, temporaryDirectory } from './tail-harness.ts';

const KINDS = [
  ['gzip', gzipSync, '.gz'],
  ['zstd', zstdCompressSync, '.zst'],
] as const;

async function unpacked(bytes: Buffer): Promise<{ content: Buffer; error: unknown }> {
  const parts: Buffer[] = [];
  try {
    const read = async (position: number, length: number): Promise<Buffer> =>
      bytes.subarray(position, position + length);
    for await (const part of decompress(archiveKind(bytes) ?? 'gzip', read)) parts.push(Buffer.from(part));
    return { content: Buffer.concat(parts), error: undefined };
  } catch (error) {
    return { content: Buffer.concat(parts), error };
  }
}

describe.each(KINDS)('%s', (_, compress) => {
  const lines = asText(numbered('packed', 20_000));

  test('all members are read, and rubbish behind the last is none', async () => {
    const members = Buffer.concat([compress(lines), compress('x\n'), compress(lines)]);
    expect((await unpacked(members)).content.equals(Buffer.from(`${lines}x\n${lines}`))).toBe(true);
    const padded = await unpacked(Buffer.concat([compress(lines), Buffer.alloc(512)]));
    expect(padded).toEqual({ content: Buffer.from(lines), error: undefined });
  });

  test('cut anywhere, what is there comes out in order and the cut is told', async () => {
    const whole = compress(lines);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 20, max: whole.length - 1 }), async (length) => {
        const { content, error } = await unpacked(whole.subarray(0, length));
        expect(Buffer.from(lines).subarray(0, content.length).equals(content)).toBe(true);
        expect(error).toMatchObject({ truncated: true });
      }),
      { numRuns: 20 },
    );
  });

  test('wrong bytes end it with an error, never a crash', async () => {
    const whole = compress(lines);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 12, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const damaged = Buffer.from(whole);
          damaged[at] = (damaged[at] ?? 0) ^ by;
          const { error } = await unpacked(damaged);
          expect(error === undefined || error instanceof DamagedArchiveError).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('a bomb is given out piece by piece', async () => {
  const bomb = zstdCompressSync(Buffer.alloc(64 * 1024 * 1024));
  let largest = 0;
  let total = 0;
  const read = async (position: number, length: number): Promise<Buffer> =>
    bomb.subarray(position, position + length);
  for await (const part of decompress('zstd', read)) {
    largest = Math.max(largest, part.length);
    total += part.length;
  }
  expect(total).toBe(64 * 1024 * 1024);
  expect(largest).toBeLessThanOrEqual(64 * 1024);
});

describe.each(KINDS)('a source with %s files', (_, compress, ending) => {
  test('reads them by their first bytes, whatever they are called, in chunks of whole lines', async () => {
    const directory = temporaryDirectory();
    const lines = numbered('long', 60_000);
    writeFileSync(join(directory, `app.log.2${ending}`), compress(asText(lines)));
    writeFileSync(join(directory, 'odd.log'), compress('inside\n'));
    writeFileSync(join(directory, `plain.log${ending}`), 'not compressed\n');
    const store = new MemoryStore();
    const tail = await readOnce(store, [directory]);
    expect(store.lines.toSorted()).toEqual([...lines, 'inside', 'not compressed'].toSorted());
    expect(store.chunks.length).toBeGreaterThan(3);
    expect(tail.states()[0]).toMatchObject({ lagBytes: 0, reason: undefined });
  });

  test('goes on in the content where it was left, and a second time reads nothing', async () => {
    const directory = temporaryDirectory();
    const lines = numbered('half', 60_000);
    const path = join(directory, `app.log${ending}`);
    writeFileSync(path, compress(asText(lines)));
    const store = new MemoryStore();
    await readOnce(store, [path]);
    // As after a crash: only the first chunk was kept.
    const first = store.chunks[0];
    store.positions.set(1, first?.to ?? 0);
    const taken = asText(store.lines).slice(0, first?.to).split('\n').length - 1;
    store.lines.length = taken;
    await readOnce(store, [path]);
    expect(store.lines).toEqual(lines);
    const chunks = store.chunks.length;
    await readOnce(store, [path]);
    expect(store.chunks.length).toBe(chunks);
  });

  test('a file read under its own name and compressed since is not read twice', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'app.log');
    const lines = numbered('rotated', 500);
    writeFileSync(path, asText(lines));
    const store = new MemoryStore();
    await readOnce(store, [directory]);
    // More was written before it was compressed; that is read, as the same stream.
    writeFileSync(join(directory, `app.log.1${ending}`), compress(asText([...lines, 'late'])));
    unlinkSync(path);
    writeFileSync(path, 'new file\n');
    await readOnce(store, [directory]);
    expect(store.lines.toSorted()).toEqual([...lines, 'late', 'new file'].toSorted());
    expect(new Set(store.chunks.map((chunk) => chunk.stream)).size).toBe(2);
  });

  test('rotated and compressed while it is watched, nothing comes twice', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'app.log');
    const lines = numbered('live', 200);
    writeFileSync(path, asText(lines));
    const store = new MemoryStore();
    const { tail } = start(store, [directory]);
    await store.untilLines(200);
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'next\n');
    appendFileSync(`${path}.1`, 'late\n');
    await store.untilLines(202);
    writeFileSync(`${path}.1${ending}`, compress(asText([...lines, 'late'])));
    unlinkSync(`${path}.1`);
    writeFileSync(join(directory, `other.log${ending}`), compress('end\n'));
    await store.untilLines(203);
    await vi.waitUntil(() => tail.states()[0]?.lagBytes === 0);
    expect(store.lines.toSorted()).toEqual([...lines, 'end', 'late', 'next'].toSorted());
  });

  test('one that is cut is read as far as it goes, and named', async () => {
    const directory = temporaryDirectory();
    const lines = numbered('cut', 60_000);
    const whole = compress(asText(lines));
    const path = join(directory, `app.log${ending}`);
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length / 2)));
    const store = new MemoryStore();
    const tail = await readOnce(store, [directory]);
    expect(store.lines.length).toBeGreaterThan(10_000);
    expect(lines.slice(0, store.lines.length - 1)).toEqual(store.lines.slice(0, -1));
    expect(tail.states()[0]?.reason).toEqual({
      key: 'sources.reason.truncated',
      parameters: { path, code: '' },
    });
  });
});

test('a file read once in a row is the same, compressed or not', async () => {
  const directory = temporaryDirectory();
  const text = asText(numbered('row', 50_000));
  const files = { plain: Buffer.from(text), gzip: gzipSync(text), zstd: zstdCompressSync(text) };
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(directory, name);
    writeFileSync(path, bytes);
    const parts: Buffer[] = [];
    for await (const { bytes: part } of readLines(path, () => undefined)) {
      expect(part.at(-1)).toBe(10);
      parts.push(Buffer.from(part));
    }
    expect(Buffer.concat(parts).equals(Buffer.from(text))).toBe(true);
  }
});
