import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../../../src-main/engine/flow/clock.ts';
import { readChunk, type Chunk } from '../../../../src-main/engine/sources/logs/chunk.ts';
import { JournalReader, journalReadable } from '../../../../src-main/engine/sources/logs/journal/journal.ts';
import { renderEntry } from '../../../../src-main/engine/sources/logs/journal/render.ts';
import { MemoryStore, temporaryDirectory } from './tail-harness.ts';

/** An entry with the fields journald gives. */
function entry(number: number, message: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    __CURSOR: `s=1f;i=${number}`,
    __REALTIME_TIMESTAMP: String(1795251600000000 + number * 1500),
    _BOOT_ID: '00000000000000000000000000000000',
    PRIORITY: '4',
    SYSLOG_FACILITY: '10',
    SYSLOG_IDENTIFIER: 'sshd',
    _PID: '77',
    _HOSTNAME: 'desk',
    _TRANSPORT: 'syslog',
    MESSAGE: message,
    ...more,
  });
}

function rendered(text: string): string | undefined {
  const value: unknown = JSON.parse(text);
  return renderEntry({ ...(value as object) });
}

/**
 * A program that answers as journalctl does: the entries of a file, those after a cursor when one is given, then it stays
 * (or ends). It writes its arguments down.
 */
function fakeJournalctl(entries: string[], ends = false): { program: string; arguments: () => string } {
  const directory = temporaryDirectory();
  const program = join(directory, 'journalctl');
  writeFileSync(join(directory, 'entries'), entries.map((line) => `${line}\n`).join(''));
  writeFileSync(
    program,
    `#!/bin/sh
echo "$@" >> '${directory}/arguments'
after=
for argument in "$@"; do case "$argument" in --after-cursor=*) after="\${argument#--after-cursor=}" ;; esac; done
if [ -z "$after" ]; then cat '${directory}/entries'
else awk -v cursor="\\"__CURSOR\\":\\"$after\\"" 'seen; index($0, cursor) { seen = 1 }' '${directory}/entries'; fi
case " $* " in *" --follow "*) ${ends ? 'echo "lost it" >&2; exit 1' : 'exec sleep 1000'} ;; esac
`,
  );
  chmodSync(program, 0o755);
  return { program, arguments: () => readFileSync(join(directory, 'arguments'), 'utf8') };
}

async function started(
  program: string,
  known?: { stream: number; position: { stream: number; offset: number; cursor?: string } },
): Promise<JournalReader> {
  const reader = new JournalReader({
    registry: new MemoryStore().registry,
    known,
    clock: systemClock,
    program,
    restartMs: [20],
  });
  onTestFinished(() => reader.close());
  await reader.start();
  return reader;
}

async function linesOf(reader: JournalReader, count: number): Promise<{ lines: string[]; chunks: Chunk[] }> {
  const lines: string[] = [];
  const chunks: Chunk[] = [];
  while (lines.length < count) {
    const chunk = await reader.next();
    if (chunk === undefined) throw new Error('closed');
    chunks.push(chunk);
    lines.push(...readChunk(chunk).toString().trimEnd().split('\n'));
  }
  return { lines, chunks };
}

describe('an entry', () => {
  test('becomes a syslog line', () => {
    expect(rendered(entry(1, 'Failed password for root'))).toBe(
      '<84>2026-11-21T09:00:00.001500Z desk sshd[77]: Failed password for root',
    );
  });

  test('with several lines indents all but the first', () => {
    expect(rendered(entry(0, 'a\nb\r\nc'))).toMatch(/: a\n\tb\n\tc$/);
  });

  test('that is not UTF-8 comes as numbers', () => {
    expect(rendered(entry(0, [104, 105]))).toMatch(/: hi$/);
  });

  test('cannot break out of its line by its own fields', () => {
    const more = { SYSLOG_IDENTIFIER: 'a b\nc', _HOSTNAME: 'x\ny', _PID: '1\n', PRIORITY: '99' };
    expect(rendered(entry(0, 'm', more))).toBe('<86>2026-11-21T09:00:00.000000Z localhost a_b_c: m');
  });

  test('without a message is none', () => {
    expect(rendered(entry(0, null))).toBeUndefined();
  });
});

describe('the journal', () => {
  test('gives its lines with a cursor and running offsets', async () => {
    const { program } = fakeJournalctl([entry(1, 'a'), entry(2, 'b')]);
    const { lines, chunks } = await linesOf(await started(program), 2);
    expect(lines.map((line) => line.slice(-1))).toEqual(['a', 'b']);
    expect(chunks.at(-1)?.cursor).toBe('s=1f;i=2');
    expect(chunks[0]?.from).toBe(0);
    expect(chunks.at(-1)?.to).toBe(lines.join('\n').length + 1);
  });

  test('goes on after the cursor it was left at', async () => {
    const fake = fakeJournalctl([entry(1, 'a'), entry(2, 'b'), entry(3, 'c')]);
    const position = { stream: 7, offset: 500, cursor: 's=1f;i=2' };
    const { lines, chunks } = await linesOf(await started(fake.program, { stream: 7, position }), 1);
    expect(lines[0]).toMatch(/: c$/);
    expect(chunks[0]).toMatchObject({ stream: 7, from: 500 });
    expect(fake.arguments()).toContain('--after-cursor=s=1f;i=2');
  });

  test('is started again after the tool ended, and says so', async () => {
    const fake = fakeJournalctl([entry(1, 'a')], true);
    const reader = await started(fake.program);
    await linesOf(reader, 1);
    await vi.waitUntil(() => fake.arguments().split('\n').length > 3, { timeout: 10_000 });
    expect(reader.state.reason).toEqual({
      key: 'sources.reason.journalEnded',
      parameters: { why: 'lost it' },
    });
    expect(fake.arguments()).toContain('--after-cursor=s=1f;i=1');
  });

  test('counts what is no entry', async () => {
    const { program } = fakeJournalctl(['{"broken', entry(1, null), entry(2, 'a')]);
    const reader = await started(program);
    await linesOf(reader, 1);
    expect(reader.state.skipped).toBe(2);
  });

  test('is not there when the tool is missing or shows nothing', async () => {
    expect(await journalReadable(join(temporaryDirectory(), 'none'))).toBe(false);
    expect(await journalReadable(fakeJournalctl([]).program)).toBe(false);
    expect(await journalReadable(fakeJournalctl([entry(1, 'a')]).program)).toBe(true);
  });
});
