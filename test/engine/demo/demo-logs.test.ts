import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyDemoDirectory } from '../../../src-main/engine/demo/demo-directory.ts';
import { demoLogPath, DemoLogs } from '../../../src-main/engine/demo/demo-logs.ts';
import { FailureError } from '../../../src-main/engine/flow/failure.ts';

const START = Date.UTC(2026, 10, 20, 9, 0, 0);
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-demo-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('writing', () => {
  function logsAt(clock: { time: number }): DemoLogs {
    return new DemoLogs({
      directory,
      clock: { now: () => clock.time },
      seed: 1,
      onError: (error) => {
        throw error;
      },
    });
  }
  const read = (log: 'access' | 'auth'): string[] =>
    readFileSync(demoLogPath(directory, log), 'utf8').trimEnd().split('\n');
  const clockOf = (line: string | undefined): string => /\d\d:\d\d:\d\d(?= )/.exec(line ?? '')?.[0] ?? '';

  test('the quiet hour ends where the show begins', async () => {
    await logsAt({ time: START + 321 }).writeHistory();
    const lines = read('access');
    expect(clockOf(lines.at(0)) >= '08:00:00').toBe(true);
    expect(clockOf(lines.at(-1)) < '09:00:00').toBe(true);
    expect(lines.length).toBeGreaterThan(3000);
    expect(statSync(demoLogPath(directory, 'access')).mode & 0o777).toBe(0o600);
  });

  test('each second is written once, when it has passed', async () => {
    const clock = { time: START };
    const logs = logsAt(clock);
    for (let passed = 0; passed <= 60_000; passed += 250) {
      clock.time = START + passed;
      await logs.writeUpToNow();
    }
    const piecewise = readFileSync(demoLogPath(directory, 'access'), 'utf8');
    rmSync(demoLogPath(directory, 'access'));
    clock.time = START;
    const late = logsAt(clock);
    clock.time = START + 60_000;
    await late.writeUpToNow();
    expect(readFileSync(demoLogPath(directory, 'access'), 'utf8')).toBe(piecewise);
  });

  test('after a night of sleep only the last two minutes are written', async () => {
    const clock = { time: START };
    const logs = logsAt(clock);
    clock.time = START + 10 * 3_600_000;
    await logs.writeUpToNow();
    expect(clockOf(read('access').at(0)) >= '18:58:00').toBe(true);
  });

  test('a clock set back writes nothing twice', async () => {
    const clock = { time: START };
    const logs = logsAt(clock);
    clock.time = START + 30_000;
    await logs.writeUpToNow();
    const before = read('access');
    clock.time = START + 10_000;
    await logs.writeUpToNow();
    expect(read('access')).toEqual(before);
  });

  test('a file that has grown is put aside, and the one before it is gone', async () => {
    const clock = { time: START };
    const logs = logsAt(clock);
    const path = demoLogPath(directory, 'access');
    for (const round of [1, 2, 3]) {
      writeFileSync(path, `${String(round)}\n`.repeat(2_100_000));
      clock.time += 10_000;
      await logs.writeUpToNow();
      expect(statSync(path).size).toBeLessThan(10_000);
      expect(readFileSync(`${path}.1`, 'utf8').slice(0, 1)).toBe(String(round));
    }
    expect(readdirSync(directory).filter((name) => name.startsWith('order-api-access'))).toHaveLength(2);
  });
});

describe('the directory', () => {
  const empty = (): void => emptyDemoDirectory(directory, join(directory, 'demo-logs'));

  test('what an earlier demo left is thrown away, the lock and the desktop’s files stay', () => {
    writeFileSync(join(directory, 'lock.db'), '');
    mkdirSync(join(directory, 'desktop'));
    empty();
    writeFileSync(join(directory, 'state.db'), 'old');
    writeFileSync(join(directory, 'demo-logs', 'x.log'), 'old');
    empty();
    expect(readdirSync(directory).sort()).toEqual(['demo', 'demo-logs', 'desktop', 'lock.db']);
    expect(readdirSync(join(directory, 'demo-logs'))).toEqual([]);
  });

  test('what no demo has put there is left alone, and said', () => {
    writeFileSync(join(directory, 'state.db'), 'precious');
    expect(empty).toThrow(FailureError);
    expect(readFileSync(join(directory, 'state.db'), 'utf8')).toBe('precious');
  });
});
