import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until, yagura, type Program } from './program.ts';
import { storedLines } from './stored-lines.ts';

let directory: string;
let data: string;
let log: string;
let engine: Program | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'yagura-live-'));
  data = join(directory, 'data');
  log = join(directory, 'auth.log');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(log, '');
  writeFileSync(join(data, 'settings.yaml'), `logs:\n  discover: false\n  sources:\n    - path: ${log}\n`);
});

afterEach(async () => {
  engine?.child.kill('SIGKILL');
  await engine?.ended;
  engine = undefined;
  rmSync(directory, { recursive: true });
});

async function start(): Promise<void> {
  engine = yagura('run', '--data', data, '--json');
  const running = engine;
  await until(
    'the engine listens',
    () => exists(join(data, 'engine.json')) && running.child.exitCode === null,
  );
}

async function kill(): Promise<void> {
  engine?.child.kill('SIGKILL');
  await engine?.ended;
  rmSync(join(data, 'engine.json'), { force: true });
}

function exists(path: string): boolean {
  try {
    return readFileSync(path).length > 0;
  } catch {
    return false;
  }
}

function failure(attempt: number): string {
  return `${new Date().toISOString()} desk sshd[${100 + attempt}]: Failed password for root from 203.0.113.77 port ${4000 + attempt} ssh2\n`;
}

function stored(): string[] {
  try {
    return [...storedLines(data)].map(({ text }) => text.toString());
  } catch {
    // A partition is just being made.
    return [];
  }
}

interface KeptAlert {
  address?: string;
  count: number;
}

function alerts(): KeptAlert[] {
  const database = new Database(join(data, 'state.db'), { readonly: true, timeout: 2000 });
  const rows = database.prepare<[], { content: string }>('SELECT content FROM alerts').all();
  database.close();
  return rows
    .map(({ content }) => (JSON.parse(content) as { alert: KeptAlert }).alert)
    .filter((alert) => alert.address === '203.0.113.77');
}

async function settled(): Promise<void> {
  await until('the attack is an alert', () => alerts().length > 0);
  // Whatever would make a second one has had its chance by then: several checkpoints, several ticks.
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

describe('Five failed sign-ins', () => {
  test.each([
    ['at once after the fourth is written', 0],
    ['when the fourth is stored', 400],
    ['when the fourth is in a checkpoint', 2500],
  ])('are one alert, when the engine is killed %s', async (_moment, pause) => {
    await start();
    for (let attempt = 0; attempt < 4; attempt += 1) appendFileSync(log, failure(attempt));
    if (pause > 0) await until('four are stored', () => stored().length === 4);
    await new Promise((resolve) => setTimeout(resolve, pause));
    await kill();
    await start();
    appendFileSync(log, failure(4));
    await settled();
    expect(alerts()).toHaveLength(1);
    expect(stored()).toHaveLength(5);
  });

  test('are one alert, when the engine is killed as soon as the fifth made it', async () => {
    await start();
    for (let attempt = 0; attempt < 5; attempt += 1) appendFileSync(log, failure(attempt));
    await until('the alert is kept', () => alerts().length > 0);
    await kill();
    await start();
    await settled();
    expect(alerts()).toHaveLength(1);
    expect(stored()).toHaveLength(5);
  });
});

test('Lines written around kills, rotations and truncations are each stored once', async () => {
  const written: string[] = [];
  const write = (count: number): void => {
    for (let line = 0; line < count; line += 1) {
      const text = `${new Date().toISOString()} desk app: line ${written.length} ${'x'.repeat(written.length % 200)}`;
      appendFileSync(log, `${text}\n`);
      written.push(text);
    }
  };
  const allStored = (): Promise<void> =>
    until(`${written.length} lines are stored`, () => stored().length >= written.length);

  await start();
  write(300);
  // A file that was rotated away before it was ever seen can't be known again.
  await until('the file has been seen', () => stored().length > 0);
  write(300);
  await kill();
  write(300);
  await start();
  write(50);
  renameSync(log, `${log}.1`);
  writeFileSync(log, '');
  write(300);
  await kill();
  write(100);
  await start();
  await allStored();
  copyFileSync(log, `${log}.2`);
  truncateSync(log);
  write(300);
  await kill();
  await start();
  write(10);
  await allStored();
  expect(stored().sort()).toEqual([...written].sort());
});
