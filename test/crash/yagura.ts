import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readSync, existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openReadable } from '../../src-main/engine/store/database.ts';
import { checkpointMigrations } from '../../src-main/engine/store/migrations/checkpoint/index.ts';
import { logMigrations } from '../../src-main/engine/store/migrations/logs/index.ts';
import { listPartitions, partitionPath } from '../../src-main/engine/store/partitions.ts';
import { PartitionReader } from '../../src-main/engine/store/read/partition-reader.ts';
import { loadedOnce } from '../../src-main/engine/store/read/unit.ts';
import { attachToEngine, type EngineConnection } from '../../src-main/wire/engine-client.ts';

const COMMAND = fileURLToPath(new URL('../../src-main/cli/index.ts', import.meta.url));

/** The terminal product in a process of its own, to be killed. */
export interface Run {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  kill(): Promise<void>;
}

export interface RunOptions {
  env?: Record<string, string>;
  uid?: number;
}

export function yagura(parameters: string[], options: RunOptions = {}): Run {
  const { env = {}, ...rest } = options;
  return run(process.execPath, [COMMAND, ...parameters], { ...rest, env });
}

/** Any program, its output collected. */
export function run(program: string, parameters: string[], { env = {}, ...rest }: RunOptions = {}): Run {
  const child = spawn(program, parameters, {
    ...rest,
    env: { ...process.env, LANG: 'C.UTF-8', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let error = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (error += data.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  return {
    child,
    stdout: () => out,
    stderr: () => error,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Waits for what another process brings about, of which no event tells. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 20_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await pause(15);
  }
}

/** Starts an engine that watches; whether it answers, `answering` tells. */
export function watching(data: string): Run {
  return yagura(['run', '--data', data, '--json']);
}

/** Waits for an engine to answer, or to say why it does not. */
export async function answering(engine: Run, data: string): Promise<EngineConnection> {
  let connection: EngineConnection | undefined;
  await until('the engine answers', async () => {
    if (engine.child.exitCode !== null) throw new Error(`It ended: ${engine.stderr()}`);
    connection = await attachToEngine(data);
    return connection !== undefined;
  });
  if (connection === undefined) throw new Error('The engine does not answer.');
  return connection;
}

/** How far partitions have a stream, in bytes; undefined columns of a file that is only being made count as none. */
export function storedUpTo(data: string): number {
  const logs = join(data, 'logs');
  let furthest = 0;
  for (const name of listPartitions(logs)) {
    furthest = Math.max(furthest, positionsIn(partitionPath(logs, name), logMigrations));
  }
  return furthest;
}

/** Bytes of the furthest stream that the last checkpoint has. */
export function checkpointAt(data: string): number {
  return positionsIn(join(data, 'checkpoint.db'), checkpointMigrations);
}

function positionsIn(path: string, migrations: typeof logMigrations): number {
  if (!existsSync(path)) return 0;
  try {
    const database = openReadable(path, migrations);
    const row = database.query<[], { at: number | null }>('SELECT max(offset) AS at FROM positions').get();
    database.close();
    return row?.at ?? 0;
  } catch {
    // Its writer is only just making it.
    return 0;
  }
}

export interface StoredLine {
  partition: string;
  stream: string;
  offset: number;
  text: Buffer;
}

/** Every stored line, as the store's own reading decodes it. */
export function* storedLines(data: string): Generator<StoredLine> {
  const logs = join(data, 'logs');
  for (const name of listPartitions(logs)) {
    const reader = new PartitionReader(name, partitionPath(logs, name));
    for (const unit of reader.units().map(loadedOnce)) {
      const text = unit.text().whole();
      const columns = unit.columns();
      const ends = columns.textEnds();
      const streams = columns.streams();
      for (const [index, offset] of columns.offsets().entries()) {
        yield {
          partition: `${name.logClass}/${name.day}`,
          stream: streams.table[streams.index[index] ?? 0] ?? '',
          offset,
          text: text.subarray(index === 0 ? 0 : ends[index - 1], ends[index]),
        };
      }
    }
    reader.close();
  }
}

/** Lines stored, whatever their stream, as text. */
export function storedTexts(data: string): string[] {
  return Array.from(storedLines(data), (line) => line.text.toString());
}

/** Whether a line with this part is stored by now; a file that its writer is only just making holds none. */
export function holdsText(data: string, part: string): boolean {
  try {
    return storedTexts(data).some((text) => text.includes(part));
  } catch {
    return false;
  }
}

/** Every file of the data directory that is a database. */
export function databases(data: string): string[] {
  const logs = join(data, 'logs');
  return [
    join(data, 'state.db'),
    join(data, 'checkpoint.db'),
    ...listPartitions(logs).map((name) => partitionPath(logs, name)),
  ].filter((path) => existsSync(path));
}

/** Reads a file at places, a window at a time. */
export class FileWindow {
  readonly #descriptor: number;
  readonly #window = Buffer.alloc(8 << 20);
  #from = 0;
  #size = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
  }

  at(from: number, to: number): Buffer {
    if (from < this.#from || to > this.#from + this.#size) {
      this.#from = from;
      this.#size = readSync(this.#descriptor, this.#window, 0, this.#window.length, from);
    }
    return this.#window.subarray(from - this.#from, Math.min(to - this.#from, this.#size));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
