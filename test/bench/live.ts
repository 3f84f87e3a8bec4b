/**
 * From a line's writing to whoever watches, at rest and while another file is read in bulk (SPEC: 300 ms at the 95th
 * percentile): the engine's tail as a view subscribes to it, and the row in the window of the desktop. The window is left
 * out where there is no screen and no `xvfb-run`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { attachToEngine, callLimit, type EngineClient } from '../../src-main/wire/engine-client.ts';
import { generateAccessLog } from './log-generator.ts';

const WRITE_MS = 100;
const REST_WRITES = 100;
/** Enough for percentiles; a bulk read that ends earlier gives fewer. */
const MOST_WRITES = 300;
/** The same log under several names: what is read is the same, and generating it once is enough. */
const BULK_COPIES = 4;
/** Lines older than this are no part of a tail, so that only what was written just now comes. */
const OLD_MS = 3 * 86_400_000;
const START_MS = 30_000;
const LAST_MS = 5000;

/** Files to be followed and read, and the directory of the engine that does. */
export interface LiveFiles {
  data: string;
  live: string;
  bulk: string[];
}

/** Makes a quiet log that is followed, and others of so many lines in all. */
export function liveFiles(directory: string, lines: number): LiveFiles {
  const data = join(directory, 'live-data');
  const live = join(directory, 'followed.log');
  mkdirSync(data);
  writeFileSync(live, '');
  const settings = `desktop: { welcomed: true }\nlogs:\n  discover: false\n  sources:\n    - path: ${JSON.stringify(live)}\n`;
  writeFileSync(join(data, 'settings.yaml'), settings);
  const made = generateAccessLog(join(directory, 'bulk-0.log'), {
    lines,
    start: Date.now() - OLD_MS,
    stepMs: 50,
  });
  const copies = Array.from({ length: BULK_COPIES - 1 }, (_, n) => join(directory, `bulk-${n + 1}.log`));
  for (const copy of copies) copyFileSync(made.path, copy);
  return { data, live, bulk: [made.path, ...copies] };
}

/** Milliseconds of each line that came, by its number, and how many were written. */
export interface Deliveries {
  times: number[];
  written: number;
}

/** Appends a numbered line ten times a second, as long as `goesOn`; tells what `arrived` says of each. */
export async function writeLive(
  path: string,
  first: number,
  goesOn: (written: number) => boolean,
  arrived: (number: number) => number | undefined,
): Promise<Deliveries> {
  const writtenAt = new Map<number, number>();
  let number = first;
  while (goesOn(number - first)) {
    writtenAt.set(number, Date.now());
    appendFileSync(path, `${new Date().toISOString()} INFO desk tick ${number} of the watch\n`);
    number += 1;
    // Not in step with whatever else has a period.
    await pause(WRITE_MS - 10 + ((number * 7) % 20));
  }
  const deadline = Date.now() + LAST_MS;
  while (arrived(number - 1) === undefined && Date.now() < deadline) await pause(20);
  const times = [...writtenAt].flatMap(([each, at]) => {
    const seen = arrived(each);
    return seen === undefined ? [] : [seen - at];
  });
  return { times, written: number - first };
}

/** Median, 95th percentile and most, in milliseconds, and how many never came. */
export function percentiles(name: string, { times, written }: Deliveries): Record<string, number> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return {
    [`${name}P50Ms`]: at(0.5),
    [`${name}P95Ms`]: at(0.95),
    [`${name}MaxMs`]: at(1),
    [`${name}Lines`]: written,
    [`${name}Missing`]: written - times.length,
  };
}

/** Asks now and then whether the bulk files are still being read. */
export class BulkRead {
  #going = true;
  /** Bytes a second between the first look and the last. */
  bytesPerSecond = 0;

  /** @param client an engine's, on a connection of its own, so that asking delays no push */
  async watch(client: EngineClient, bulk: readonly string[]): Promise<void> {
    for (const path of bulk) await client.logs.addSource({ path, timeZone: 'UTC' }, callLimit());
    const began = Date.now();
    for (let left = 1; left > 0;) {
      await pause(500);
      const sources = (await client.logs.sources(undefined, callLimit())).filter(({ id }) =>
        bulk.includes(id),
      );
      const known = sources.every(({ lagBytes }) => lagBytes !== undefined);
      left = known ? sources.reduce((sum, { lagBytes = 0 }) => sum + lagBytes, 0) : 1;
      const read = sources.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, 0) - left;
      this.bytesPerSecond = read / ((Date.now() - began) / 1000);
    }
    this.#going = false;
  }

  readonly goesOn = (written: number): boolean => this.#going && written < MOST_WRITES;
}

/** Waits for the engine of a directory. */
export async function connected(
  data: string,
): Promise<NonNullable<Awaited<ReturnType<typeof attachToEngine>>>> {
  const deadline = Date.now() + START_MS;
  for (;;) {
    const connection = await attachToEngine(data);
    if (connection !== undefined) return connection;
    if (Date.now() > deadline) throw new Error('The engine does not answer.');
    await pause(20);
  }
}

/** When each numbered line came through the tail. */
async function followTail(client: EngineClient, seen: Map<number, number>): Promise<void> {
  const stream = await client.logs.tail({ filter: {} });
  for await (const { items, subscription, sequence } of stream) {
    for (const { text } of items) {
      const number = Number(/ tick (\d+) /.exec(text)?.[1] ?? Number.NaN);
      if (!seen.has(number)) seen.set(number, Date.now());
    }
    await client.system.acknowledge({ subscription, sequence });
  }
}

/** @param lines of each bulk file */
export async function live(
  command: string,
  directory: string,
  lines: number,
): Promise<Record<string, number>> {
  const files = liveFiles(directory, lines);
  const engine = spawn(process.execPath, [command, 'run', '--data', files.data, '--json'], {
    stdio: 'ignore',
  });
  try {
    const [watching, asking] = [await connected(files.data), await connected(files.data)];
    const seen = new Map<number, number>();
    const arrived = (number: number): number | undefined => seen.get(number);
    const following = followTail(watching.client, seen).catch(() => undefined);
    await pause(1000);
    const atRest = await writeLive(files.live, 0, (written) => written < REST_WRITES, arrived);
    const bulk = new BulkRead();
    const reading = bulk.watch(asking.client, files.bulk);
    const underLoad = await writeLive(files.live, atRest.written, bulk.goesOn, arrived);
    const results = {
      ...percentiles('liveRest', atRest),
      ...percentiles('liveBulk', underLoad),
      bulkBytesPerSecond: Math.round(bulk.bytesPerSecond),
    };
    watching.close();
    await Promise.race([reading.catch(() => undefined), pause(1)]);
    asking.close();
    await following;
    return { ...results, ...inWindow(lines) };
  } finally {
    engine.kill();
  }
}

/** The same until the row is drawn, in a program of its own: it needs a screen. */
function inWindow(lines: number): Record<string, number> {
  const program = fileURLToPath(new URL('live-window.ts', import.meta.url));
  const needsScreen = process.platform === 'linux' && process.env['DISPLAY'] === undefined;
  const screen = needsScreen ? ['xvfb-run', '-a', '-s', '-screen 0 1600x1000x24'] : [];
  const [run, ...args] = [...screen, process.execPath, program, String(lines)];
  const { status, stdout, stderr } = spawnSync(run, args, { encoding: 'utf8' });
  if (status === 0) return z.record(z.string(), z.number()).parse(JSON.parse(stdout));
  process.stderr.write(`The window was not measured.\n${stderr}`);
  return {};
}
