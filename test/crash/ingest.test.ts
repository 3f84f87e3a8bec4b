import Database from 'better-sqlite3';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateAccessLog } from '../bench/log-generator.ts';
import { checkpointAt, databases, FileWindow, storedLines, storedUpTo, until, yagura } from './yagura.ts';

const KILLS = 4;
/** Taken in at least between two kills. */
const BYTES_BETWEEN = 8_000_000;
const LINES = 700_000;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-heavy-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** When exactly: at once, in the middle of the next checkpoint, or somewhere in the next tenth of a second. */
async function momentOfKill(kill: number, data: string): Promise<void> {
  if (kill % 3 === 1) {
    const before = checkpointAt(data);
    await until('the next checkpoint', () => checkpointAt(data) !== before);
  }
  if (kill % 3 === 2) await pause((kill * 37) % 100);
}

it('ingest, killed again and again in heavy work, stores every line once and finds what an undisturbed one finds', async () => {
  const file = join(directory, 'access.log');
  generateAccessLog(file, { lines: LINES, start: Date.now() - 20 * 86_400_000, stepMs: 30 });
  const { size } = statSync(file);
  const killed = join(directory, 'killed');
  let reached = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const ingest = yagura(['ingest', file, '--data', killed, '--json']);
    let over = false;
    void ingest.ended.then(() => (over = true));
    await until(
      `50 MB more, kill ${kill}`,
      () => over || storedUpTo(killed) >= reached + BYTES_BETWEEN,
      60_000,
    );
    await momentOfKill(kill, killed);
    await ingest.kill();
    expect((await ingest.ended).signal, ingest.stderr()).toBe('SIGKILL');
    reached = storedUpTo(killed);
  }
  const last = yagura(['ingest', file, '--data', killed, '--json']);
  const undisturbed = join(directory, 'undisturbed');
  const other = yagura(['ingest', file, '--data', undisturbed, '--json']);
  expect((await last.ended).code, last.stderr()).toBe(0);
  expect((await other.ended).code, other.stderr()).toBe(0);

  expectEveryLineOnce(killed, file, size);
  for (const path of databases(killed)) expect(integrityOf(path), path).toBe('ok');
  const expected = findingsOf(undisturbed);
  expect(expected.length).toBeGreaterThan(10);
  expect(findingsOf(killed)).toEqual(expected);
});

/** Each stored line is the file's at its offset; no offset occurs twice; together they are as long as the file. */
function expectEveryLineOnce(data: string, path: string, size: number): void {
  const file = new FileWindow(path);
  const offsets = new Float64Array(LINES + 1000);
  let lines = 0;
  let bytes = 0;
  for (const line of storedLines(data)) {
    const end = line.offset + line.text.length;
    const original = file.at(line.offset, end + 1);
    if (!line.text.equals(original.subarray(0, -1)) || original.at(-1) !== 10)
      throw new Error(`Not the line at ${line.offset}: ${line.text.toString()} ≠ ${original.toString()}`);
    offsets[lines] = line.offset;
    lines += 1;
    bytes += line.text.length + 1;
  }
  file.close();
  const sorted = offsets.subarray(0, lines).sort();
  const twice = sorted.findIndex((offset, index) => index > 0 && offset === sorted[index - 1]);
  expect({ lines, bytes, twice }).toEqual({ lines: LINES, bytes: size, twice: -1 });
}

function integrityOf(path: string): unknown {
  const database = new Database(path, { readonly: true });
  const result: unknown = database.pragma('quick_check', { simple: true });
  database.close();
  return result;
}

function findingsOf(data: string): unknown[] {
  const database = new Database(join(data, 'state.db'), { readonly: true });
  const rows = database.prepare('SELECT id, type, time, count FROM findings ORDER BY id').all();
  database.close();
  return rows;
}
