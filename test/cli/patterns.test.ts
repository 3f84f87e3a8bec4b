import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandError, EXIT } from '../../src-main/cli/exit.ts';
import { patternsCommand } from '../../src-main/cli/patterns.ts';
import { printedBy } from './printed-by.ts';

let directory = '';
let log = '';

const LINES = [
  '2026-11-21 10:00:00 INFO Gate: opened for "anna", badge 7',
  '2026-11-21 10:00:01 INFO Lamp: lit\u001b[2J',
  '2026-11-21 10:00:02 WARN Gate: opened for "anna", badge 12',
  '2026-11-21 10:00:03 INFO Lamp: lit\u001b[2J',
  '2026-11-21 10:00:04 INFO Gate: opened for "anna", badge 13',
];
const TEXT = `${LINES.join('\n')}\n`;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-patterns-'));
  log = join(directory, 'tower.log');
  writeFileSync(log, TEXT);
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...parameters: string[]): Promise<string> => printedBy(patternsCommand(), ...parameters);

describe('yagura patterns', () => {
  it('writes a row per line as CSV, in the order of the file, quoted and without control characters', async () => {
    const rows = (await run(log, '--csv')).split('\n');
    expect(rows[0]).toBe('LineId,EventId,EventTemplate');
    expect(rows[1]).toMatch(/^1,[0-9a-f]{12},"opened for ""anna"", badge <\*>"$/);
    const ids = rows.slice(1, 6).map((row) => row.split(',')[1]);
    expect(ids).toEqual([ids[0], ids[1], ids[0], ids[1], ids[0]]);
    expect(ids[0]).not.toBe(ids[1]);
    expect(rows.join('')).not.toContain('\u001b');
  });

  it('writes counts and shares as JSON, the most frequent first, and no more than asked for', async () => {
    const all: unknown = JSON.parse(await run(log, '--json'));
    expect(all).toMatchObject({
      lines: 5,
      patterns: 2,
      templates: [{ count: 3, share: 0.6, firstLine: 1 }, { count: 2 }],
    });
    const top = JSON.parse(await run(log, '--json', '--top', '1')) as {
      patterns: number;
      templates: unknown[];
    };
    expect([top.patterns, top.templates.length]).toEqual([2, 1]);
  });

  it('shows people a table', async () => {
    const text = await run(log, '--top', '1');
    expect(text).toContain('5 lines, 2 patterns');
    expect(text).toMatch(/3 60\.00 % {2}opened for "anna", badge <\*>\n {2}… and 1 more patterns\n$/);
  });

  it('reads what is packed', async () => {
    writeFileSync(join(directory, 'a.gz'), gzipSync(TEXT));
    writeFileSync(join(directory, 'a.zst'), zstdCompressSync(TEXT));
    const plain = await run(log, '--csv');
    expect(await run(join(directory, 'a.gz'), '--csv')).toBe(plain);
    expect(await run(join(directory, 'a.zst'), '--csv')).toBe(plain);
  });

  it('says so when a file is empty or not there, or when it is used wrongly', async () => {
    writeFileSync(join(directory, 'empty.log'), '');
    expect(await run(join(directory, 'empty.log'), '--csv')).toBe('LineId,EventId,EventTemplate\n');
    expect(JSON.parse(await run(join(directory, 'empty.log'), '--json'))).toEqual({
      lines: 0,
      patterns: 0,
      templates: [],
    });
    const code = (...parameters: string[]): Promise<unknown> =>
      run(...parameters).then(
        () => EXIT.done,
        (error: unknown) => (error instanceof CommandError ? error.code : error),
      );
    expect(await code(join(directory, 'none.log'))).toBe(EXIT.badInput);
    await expect(run(join(directory, 'none.log'))).rejects.toThrow(/^There is no file .*none\.log\.$/);
    await expect(run(directory)).rejects.toThrow('is a folder. Name one of the files in it.');
    expect(await code(log, '--csv', '--json')).toBe(EXIT.usage);
    expect(await code(log, '--csv', '--top', '3')).toBe(EXIT.usage);
    await expect(run(log, '--top', 'x')).rejects.toThrow();
  });
});
