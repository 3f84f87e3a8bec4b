import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../../src-main/engine/flow/clock.ts';
import { readChunk } from '../../../../../src-main/engine/sources/logs/chunk.ts';
import { JournalReader } from '../../../../../src-main/engine/sources/logs/journal/journal.ts';
import { ownLogOf, systemLogOf } from '../../../../../src-main/engine/sources/logs/system/index.ts';
import type { SystemLog } from '../../../../../src-main/engine/sources/logs/system/system-log.ts';
import { MemoryStore, temporaryDirectory } from '../tail-harness.ts';

/*
 * The entries follow the documentation of Microsoft (Get-WinEvent, EventRecord) and Apple (log(1), --style ndjson). They
 * were not recorded on such machines, and Yagura was not run there.
 */
const WINDOWS = [
  '{"log":"System","record":120,"time":"2026-11-21T01:00:00.1234567Z","level":2,"event":7031,"provider":"Service Control Manager","host":"TRADE-WS01","process":812,"message":"The Order Gateway service terminated unexpectedly.\\r\\nIt has done this 1 time(s)."}',
  '{"log":"Security","record":77,"time":"2026-11-21T01:00:01.0000000Z","level":0,"event":4625,"provider":"Microsoft-Windows-Security-Auditing","host":"TRADE-WS01","process":704,"message":"An account failed to log on."}',
  '{"log":"System","record":121,"time":"2026-11-21T01:00:02.5000000Z","level":4,"event":1,"provider":"日本語 サービス","host":"bad host!","process":null,"message":null}',
];
const MACOS = [
  '{"timestamp":"2026-11-21 10:00:00.123456+0900","messageType":"Error","eventMessage":"Connection 3: failed","processImagePath":"\\/usr\\/libexec\\/trustd","processID":312,"subsystem":"com.apple.trustd","category":"ocsp"}',
  '{"timestamp":"2026-11-21 10:00:00.123456+0900","messageType":"Default","eventMessage":"second of the same time","processImagePath":"\\/usr\\/sbin\\/sshd","processID":99,"subsystem":""}',
  '{"count":2,"finished":1}',
  '{"timestamp":"2026-11-21 10:00:01.000000+0900","messageType":"Fault","eventMessage":"third","processImagePath":"\\/usr\\/sbin\\/sshd","processID":99,"subsystem":""}',
];

function logOf(id: string): SystemLog {
  const log = systemLogOf(id);
  if (log === undefined) throw new Error(id);
  return log;
}

function readAll(
  log: SystemLog,
  entries: readonly string[],
  cursor?: string,
): { line: string; cursor: string }[] {
  const read = log.reader(cursor);
  return entries.flatMap((entry) => {
    const value: unknown = JSON.parse(entry);
    const result = read({ ...(value as object) });
    return result === undefined || result === 'known' ? [] : [result];
  });
}

describe('the Windows Event Log', () => {
  const log = logOf('eventlog');

  test('gives lines with time, level, program and message', () => {
    expect(readAll(log, WINDOWS).map(({ line }) => line)).toEqual([
      '<11>2026-11-21T01:00:00.123456Z TRADE-WS01 Service_Control_Manager[812]: System event 7031: The Order Gateway service terminated unexpectedly.\n\tIt has done this 1 time(s).',
      '<14>2026-11-21T01:00:01.000000Z TRADE-WS01 Microsoft-Windows-Security-Auditing[704]: Security event 4625: An account failed to log on.',
      '<14>2026-11-21T01:00:02.500000Z localhost _: System event 1:',
    ]);
  });

  test('is read on from the last record of each channel; nothing of it is part of the script', () => {
    const cursor = readAll(log, WINDOWS).at(-1)?.cursor;
    expect(cursor).toBe('System=121;Security=77');
    const [first, next] = [log.command(undefined), log.command(cursor)];
    expect(next.arguments).toEqual(first.arguments);
    expect(next.environment).toEqual({ YAGURA_AFTER: 'System=121;Security=77' });
    expect(readAll(log, WINDOWS.slice(1, 2), cursor)[0]?.cursor).toBe('System=121;Security=77');
  });
});

describe('the unified log of macOS', () => {
  const log = logOf('unifiedlog');

  test('gives lines with time, level, program and message', () => {
    expect(readAll(log, MACOS).map(({ line }) => line)).toEqual([
      '<11>2026-11-21T10:00:00.123456+09:00 localhost trustd[312]: (com.apple.trustd) Connection 3: failed',
      '<13>2026-11-21T10:00:00.123456+09:00 localhost sshd[99]: second of the same time',
      '<10>2026-11-21T10:00:01.000000+09:00 localhost sshd[99]: third',
    ]);
  });

  test('is asked again from the second of the last entry, and what was taken is not taken twice', () => {
    const cursors = readAll(log, MACOS).map(({ cursor }) => cursor);
    expect(cursors[0]).toBe('2026-11-21 10:00:00.123456+0900 +1');
    expect(log.command(cursors[0]).arguments).toEqual([
      'show',
      '--style',
      'ndjson',
      '--start',
      '2026-11-21 10:00:00+0900',
    ]);
    for (const [taken, cursor] of cursors.entries())
      expect(readAll(log, MACOS, cursor).map((each) => each.cursor)).toEqual(cursors.slice(taken + 1));
  });

  test('goes on over several runs of its program without loss or repetition', async () => {
    const directory = temporaryDirectory();
    const program = join(directory, 'log');
    // It answers with one entry more at each run.
    writeFileSync(join(directory, 'entries'), `${MACOS.join('\n')}\n`);
    writeFileSync(
      program,
      `#!/bin/sh\necho run >> '${directory}/runs'\nhead -n $(wc -l < '${directory}/runs') '${directory}/entries'\n`,
    );
    chmodSync(program, 0o755);
    const reader = new JournalReader({
      registry: new MemoryStore().registry,
      known: undefined,
      clock: systemClock,
      log: { ...log, pollMs: 10 },
      program,
    });
    onTestFinished(() => reader.close());
    await reader.start();
    const lines: string[] = [];
    while (lines.length < 3) {
      const chunk = await reader.next();
      if (chunk === undefined) break;
      expect(chunk).toMatchObject({ sourceId: 'unifiedlog', cursor: expect.stringContaining(' +') });
      lines.push(...readChunk(chunk).toString().trimEnd().split('\n'));
    }
    expect(reader.state.skipped).toBe(0);
    expect(lines).toEqual(readAll(log, MACOS).map(({ line }) => line));
    expect(readFileSync(join(directory, 'runs'), 'utf8').split('\n').length).toBeGreaterThan(3);
  });
});

test('each system has its own log; on Linux the journal is looked for', () => {
  expect([ownLogOf('win32'), ownLogOf('darwin'), ownLogOf('linux')]).toEqual([
    'eventlog',
    'unifiedlog',
    undefined,
  ]);
});
