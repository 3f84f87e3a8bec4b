import { execFileSync, spawn } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src-main/engine/flow/failure.ts';
import { encodeBlocks } from '../../../src-main/engine/store/block/encode-block.ts';
import { openWritable } from '../../../src-main/engine/store/database.ts';
import { isDiskFull } from '../../../src-main/engine/store/failures.ts';
import { listPartitions, partitionPath } from '../../../src-main/engine/store/partitions.ts';
import { openLogReader } from '../../../src-main/engine/store/read/log-reader.ts';
import { PartitionReader } from '../../../src-main/engine/store/read/partition-reader.ts';
import { loadedOnce } from '../../../src-main/engine/store/read/unit.ts';
import { openLogStore } from '../../../src-main/engine/store/write/log-writer.ts';
import { byDay, numberedLines } from './numbered-lines.ts';
import { DAY_START, endOf, NEVER, NO_FILTER, type SampleLine } from './sample-lines.ts';
import { readerOptions } from './reader-options.ts';

/** Far more than a writer gets done before it is killed. */
const COUNT = 40_000;
const clock = { now: () => DAY_START };
const unexpected = (problem: unknown) => {
  throw new Error(JSON.stringify(problem));
};
const script = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-crash-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a program and kills it with SIGKILL once it has said so many bytes. */
function killAfter(bytes: number, file: string, parameters: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script(file), ...parameters], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = 0;
    child.stdout.on('data', (data: Buffer) => {
      said += data.length;
      if (said >= bytes) child.kill('SIGKILL');
    });
    child.on('exit', (_code, signal) => resolve(signal));
  });
}

/** Every stored line's bytes by its offset, and how many lines there are. */
function storedBytes(): { byOffset: Map<number, Buffer>; lines: number } {
  const logs = join(directory, 'logs');
  const byOffset = new Map<number, Buffer>();
  let lines = 0;
  for (const name of listPartitions(logs)) {
    const reader = new PartitionReader(name, partitionPath(logs, name));
    for (const unit of reader.units().map(loadedOnce)) {
      const columns = unit.columns();
      const ends = columns.textEnds();
      const text = unit.text().whole();
      for (const [index, offset] of columns.offsets().entries()) {
        byOffset.set(offset, text.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
        lines += 1;
      }
    }
    reader.close();
  }
  return { byOffset, lines };
}

function expectExactly(lines: SampleLine[]) {
  const found = storedBytes();
  expect(found.lines).toBe(lines.length);
  expect(lines.filter((line) => found.byOffset.get(line.offset)?.equals(line.bytes) !== true)).toEqual([]);
}

function finish(lines: SampleLine[]) {
  const store = openLogStore(directory, { clock, onProblem: unexpected });
  for (const part of byDay(lines)) {
    store.appendBlocks(encodeBlocks(part), { stream: 1, offset: endOf(lines) });
  }
  store.close();
}

describe('a writer killed with SIGKILL', () => {
  it('leaves every line once and byte for byte, wherever it was', async () => {
    const lines = numberedLines(COUNT);
    for (const bytes of [3, 7, 12, 17, 21, 26]) {
      expect(await killAfter(bytes, 'crash-writer.ts', [directory, String(COUNT)])).toBe('SIGKILL');
      // Read as it lies there, with the files a killed writer leaves behind and no engine running.
      const reader = openLogReader(directory, readerOptions(unexpected));
      const seen = reader.count(NO_FILTER, NEVER).count;
      const { byOffset, lines: kept } = storedBytes();
      expect(kept).toBe(seen);
      expect(byOffset.size).toBe(seen);
      reader.close();
    }
    finish(lines);
    expectExactly(lines);
  });

  it('leaves a database at the version before, when it was migrating', async () => {
    const path = join(directory, 'a.db');
    expect(await killAfter(200, 'migration-writer.ts', [path])).toBe('SIGKILL');
    const database = openWritable(path, {
      migrations: [{ version: 10, up: () => unexpected('already there') }],
      synchronous: 'NORMAL',
      clock,
      onProblem: unexpected,
    });
    expect(database.version).toBe(10);
    expect(database.query<[], { x: number }>('SELECT x FROM kept').all()).toEqual([{ x: 1 }]);
    expect(database.query("SELECT * FROM sqlite_schema WHERE name = 'added'").all()).toEqual([]);
    database.close();
  });
});

describe('a full disk', () => {
  it('refuses the write as a whole, and takes the same one once there is space', () => {
    const mounted = mountSmall(directory);
    try {
      const filler = join(directory, 'filler');
      if (mounted) writeFileSync(filler, Buffer.alloc(4 * 1024 * 1024));
      const lines = numberedLines(COUNT).map((line) => ({ ...line, bytes: noise(line) }));
      let offset = 0;
      for (const line of lines) {
        line.offset = offset;
        offset += line.bytes.length + 1;
      }
      const store = openLogStore(directory, { clock, onProblem: unexpected });
      let refused = 0;
      for (let at = 0; at < 3000; at += 200) {
        const batch = lines.slice(at, at + 200);
        for (const part of byDay(batch)) {
          const end = { stream: 1, offset: endOf(batch) };
          try {
            store.append(part, end);
          } catch (error) {
            expect(isDiskFull(error)).toBe(true);
            refused += 1;
            rmSync(filler, { force: true });
            store.append(part, end);
          }
        }
      }
      store.close();
      if (mounted) expect(refused).toBe(1);
      expectExactly(lines.slice(0, 3000));
    } finally {
      if (mounted) execFileSync('umount', [directory]);
    }
  });

  it('is survived where a file may not grow, without losing or repeating a line', () => {
    // A limit on the size of files stands for a disk where nothing may be mounted.
    const lines = numberedLines(COUNT);
    const child = () =>
      execFileSync(
        'prlimit',
        ['--fsize=200000', process.execPath, script('crash-writer.ts'), directory, String(COUNT)],
        { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' },
      );
    expect(child).toThrow(/UNAVAILABLE/);
    finish(lines);
    expectExactly(lines);
  });
});

describe('a damaged partition', () => {
  it('is set aside and reported when it is found on writing, and the rest is written on', () => {
    const lines = numberedLines(8000);
    const problems: Failure[] = [];
    finish(lines);
    const logs = join(directory, 'logs');
    const [newest] = listPartitions(logs);
    const path = partitionPath(logs, newest!);
    damage(path);
    const store = openLogStore(directory, { clock, onProblem: (problem) => void problems.push(problem) });
    const [, part] = byDay(lines);
    const again = { ...part!, stream: 2 };
    expect(store.append(again, { stream: 2, offset: 1e9 }).stored).toBe(again.count);
    store.close();
    expect(problems.map((problem) => problem.message.key)).toEqual(['store.failure.setAside']);
    expect(readdirSync(join(logs, 'application')).some((name) => name.includes('.corrupt-'))).toBe(true);
    const reader = openLogReader(directory, readerOptions(unexpected));
    expect(reader.count(NO_FILTER, NEVER).count).toBe(lines.length);
    reader.close();
  });

  it('is left out and reported when it is found on reading', () => {
    const lines = numberedLines(8000);
    finish(lines);
    const logs = join(directory, 'logs');
    const [newest, older] = listPartitions(logs);
    damage(partitionPath(logs, newest!));
    const problems: Failure[] = [];
    const reader = openLogReader(
      directory,
      readerOptions((problem) => void problems.push(problem)),
    );
    const found = reader.search(NO_FILTER, 'older', undefined, 1000, NEVER);
    expect(found.lines.at(-1)?.id.startsWith(`${older!.logClass}/${older!.day}/`)).toBe(true);
    expect(problems.map((problem) => problem.message.key)).toContain('store.failure.corrupt');
    reader.close();
  });
});

/** Random bytes that no compression makes small. */
function noise(line: SampleLine): Buffer {
  let state = line.offset + 1;
  return Buffer.from(
    Array.from({ length: 600 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return 33 + ((state >>> 16) % 90);
    }),
  );
}

/** Zeroes the head of the file: its schema is gone. */
function damage(path: string) {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(Math.min(8192, statSync(path).size), 0x5a), 0, undefined, 0);
  closeSync(file);
}

function mountSmall(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    // Not root, or no mounts in this container: the next test fills a limit instead.
    return false;
  }
}
