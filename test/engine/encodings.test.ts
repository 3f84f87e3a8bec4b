import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encoded } from './flow/encoded-text.ts';
import { startReading } from './reading.ts';

describe('files that are not UTF-8, read to their end', () => {
  test('are searched in their own words, without spaces, and a second reading adds nothing', async () => {
    const reading = startReading();
    const encodings = ['shift_jis', 'euc-jp', 'utf-16le', 'utf-16be', 'utf-8'] as const;
    const files = encodings.map((encoding) => {
      const file = join(reading.directory, `${encoding}.log`);
      // A long ASCII head decides nothing; more than one chunk of UTF-16 has to be cut in the right places.
      const ascii = Array.from(
        { length: 8000 },
        (_, n) => `2026-11-20 09:00:00 INFO step ${n} of many done\n`,
      );
      const text = `${ascii.join('')}2026-11-20 10:00:00 ERROR 約定処理でタイムアウトが発生しました (${encoding})\n`;
      writeFileSync(file, encoded(text, encoding));
      return file;
    });
    const totals = await reading.ingest(files);
    expect(totals).toMatchObject({ lines: 8001 * 5, stored: 8001 * 5 });
    const found = reading.search('処理でタイム');
    expect(found.map((line) => line.text.split('(')[1]).toSorted()).toEqual(
      encodings.map((encoding) => `${encoding})`).toSorted(),
    );
    expect(found.every((line) => line.time === Date.UTC(2026, 10, 20, 10) && line.level === 3)).toBe(true);
    expect(await reading.ingest(files)).toMatchObject({ stored: 0 });
    expect(reading.problems).toEqual([]);
  });
});

describe('compressed files, read to their end', () => {
  test('are found by what is in them, once, and a cut one is named', async () => {
    const reading = startReading();
    const text = (word: string): Buffer =>
      encoded(
        `2026-11-20 09:00:00 INFO begin\n2026-11-20 10:00:00 ERROR ${word}に失敗\n`.repeat(2000),
        'shift_jis',
      );
    const files = ['a.log.1.gz', 'b.log.zst', 'c.log.gz'].map((name) => join(reading.directory, name));
    const [gzip = '', zstd = '', cut = ''] = files;
    writeFileSync(gzip, gzipSync(text('接続')));
    writeFileSync(zstd, zstdCompressSync(text('認証')));
    writeFileSync(cut, gzipSync(text('決済')).subarray(0, -8));
    expect(await reading.ingest(files)).toMatchObject({ lines: 12_000, stored: 12_000 });
    for (const word of ['接続に失敗', '認証に失敗', '決済に失敗'])
      expect(reading.search(word).length).toBe(1000);
    expect(reading.problems).toEqual([
      { key: 'sources.reason.truncated', parameters: { path: cut, code: '' } },
    ]);
    expect(await reading.ingest(files)).toMatchObject({ stored: 0 });
  });
});

describe('stamps without a year', () => {
  test('are of the year in which the file was last written', async () => {
    const reading = startReading();
    const file = join(reading.directory, 'messages.1');
    writeFileSync(file, 'Dec 31 23:59:59 host app: last\nJan  1 00:00:01 host app: first\n');
    utimesSync(file, new Date('2024-01-01T00:10:00Z'), new Date('2024-01-01T00:10:00Z'));
    await reading.ingest([file]);
    expect(reading.search('app').map((line) => new Date(line.time).toISOString())).toEqual([
      '2023-12-31T23:59:59.000Z',
      '2024-01-01T00:00:01.000Z',
    ]);
  });
});
