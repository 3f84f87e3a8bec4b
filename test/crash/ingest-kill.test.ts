import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listPartitions, partitionPath } from '../../src-main/engine/store/partitions.ts';
import { seededRandom } from '../bench/random.ts';
import { generateTradeLog } from '../bench/log-generator.ts';
import { differences } from './differences.ts';
import { until, yagura } from './yagura.ts';

const KILLS = 20;
/** The first kill comes this far into the file, each further one so much later. */
const BYTES_BEFORE_KILLS = 50_000_000;
const BYTES_BETWEEN_KILLS = 12_000_000;
/** What is committed runs ahead of a kill by some chunks. */
const BYTES_AHEAD = 15_000_000;

let directory: string;
let file: string;
let content: Buffer;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-crash-'));
  file = join(directory, 'desk.log');
  generateTradeLog(file, { bytes: BYTES_BEFORE_KILLS + KILLS * (BYTES_BETWEEN_KILLS + BYTES_AHEAD) });
  content = readFileSync(file);
});

afterAll(() => rmSync(directory, { recursive: true }));

/** How many bytes of the file are committed, over all partitions. */
function committed(data: string): number {
  let furthest = 0;
  const logs = join(data, 'logs');
  for (const name of listPartitions(logs)) {
    try {
      const database = new Database(partitionPath(logs, name), { readonly: true, timeout: 1000 });
      const row = database
        .prepare<[], { offset: number | null }>('SELECT max(offset) AS offset FROM positions')
        .get();
      furthest = Math.max(furthest, row?.offset ?? 0);
      database.close();
    } catch {
      // Being created at this moment: asked again in a moment.
    }
  }
  return furthest;
}

function findings(data: string): string[] {
  const database = new Database(join(data, 'state.db'), { readonly: true });
  const rows = database
    .prepare<[], { id: string; count: number }>('SELECT hex(id) AS id, count FROM findings ORDER BY id')
    .all();
  database.close();
  return rows.map(({ id, count }) => `${id} ${count}`);
}

function integrity(data: string): string[] {
  const files = readdirSync(data, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.db') && name !== 'lock.db',
  );
  return files.map((name) => {
    const database = new Database(join(data, name), { readonly: true });
    const answer = String(database.pragma('quick_check', { simple: true }));
    database.close();
    return answer;
  });
}

test('an ingest killed twenty times, each further than fifty megabytes in, keeps every line once and every finding', async () => {
  const data = join(directory, 'killed');
  const random = seededRandom(20);
  let reached = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const run = yagura(['ingest', file, '--data', data, '--json', '--tz', 'UTC']);
    const next = kill === 0 ? BYTES_BEFORE_KILLS : reached + BYTES_BETWEEN_KILLS;
    await until(`${next / 1e6} MB are in: ${run.stderr()}`, () => committed(data) >= next, 120_000);
    // Anywhere between two commits, a checkpoint, a sealing.
    await new Promise((resolve) => setTimeout(resolve, random() * 250));
    await run.kill();
    expect(await run.ended, run.stderr()).toMatchObject({ signal: 'SIGKILL' });
    reached = committed(data);
  }
  const last = yagura(['ingest', file, '--data', data, '--json', '--tz', 'UTC']);
  expect(await last.ended, last.stderr()).toMatchObject({ code: 0 });
  expect(integrity(data)).toEqual(integrity(data).map(() => 'ok'));
  expect(differences(data, content)).toEqual([]);

  const whole = join(directory, 'whole');
  const once = yagura(['ingest', file, '--data', whole, '--json', '--tz', 'UTC']);
  expect(await once.ended, once.stderr()).toMatchObject({ code: 0 });
  expect(findings(whole).length).toBeGreaterThan(100);
  expect(findings(data)).toEqual(findings(whole));
});
