import { execFileSync } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeBlocks } from '../../src-main/engine/store/block/encode-block.ts';
import { splitLines } from '../../src-main/engine/flow/line-batch.ts';
import type { StoredLines } from '../../src-main/engine/flow/stored-lines.ts';
import { DAY_MS, dayOf } from '../../src-main/engine/store/partitions.ts';
import { openLogReader } from '../../src-main/engine/store/read/log-reader.ts';
import type { EncodedBlock } from '../../src-main/engine/store/types.ts';
import { openLogStore } from '../../src-main/engine/store/write/log-writer.ts';
import { readerOptions } from '../engine/store/reader-options.ts';
import { generateAccessLog } from './log-generator.ts';

/*
 * What the store costs: encoding, writing, disk, search beside ripgrep. Run alone on a quiet machine:
 *   node test/bench/store.ts [lines]
 */

const lines = Number(process.argv[2] ?? 1_000_000);
const CLI = fileURLToPath(new URL('../../src-main/cli/index.ts', import.meta.url));
const CHUNK_BYTES = 1 << 20;
const NEVER = { cancelled: false };
const start = Date.UTC(2026, 4, 1);
const clock = { now: () => start + 3 * DAY_MS };
const results: Record<string, number | string> = { lines };

const directory = mkdtempSync(join(tmpdir(), 'yagura-bench-store-'));
try {
  await measure();
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);

async function measure(): Promise<void> {
  const file = join(directory, 'access.log');
  const { bytes } = generateAccessLog(file, { lines, start, stepMs: 50 });
  const batches = await readBatches(file);
  const data = join(directory, 'data');
  mkdirSync(data);

  const blocks: EncodedBlock[][] = [];
  // The first round warms the compiler up and is thrown away.
  for (const batch of batches.slice(0, 10)) encodeBlocks(batch);
  const cpu = process.cpuUsage();
  for (const batch of batches) blocks.push(encodeBlocks(batch));
  const encodeSeconds = cpuSeconds(cpu);
  results['encodeLinesPerCpuSecond'] = Math.round(lines / encodeSeconds);
  results['encodeMicrosecondsPerLine'] = round((encodeSeconds / lines) * 1e6);
  results['filterBytesPerLine'] = round(
    sum(blocks.flat(), ({ filter, numbers }) => filter.length + numbers.bytes.length) / lines,
  );
  results['columnBytesPerLine'] = round(sum(blocks.flat(), (block) => block.columns.length) / lines);
  results['textBytesPerLine'] = round(sum(blocks.flat(), (block) => block.text.length) / lines);

  const store = openLogStore(data, { clock, onProblem: fail });
  const write = process.cpuUsage();
  for (const group of blocks) {
    for (const [, same] of Map.groupBy(group, (block) => block.day)) {
      const last = same.at(-1);
      store.appendBlocks(same, { stream: 1, offset: (last?.lastOffset ?? 0) + 1 });
    }
  }
  store.checkpoint([], []);
  results['writeMicrosecondsPerLine'] = round((cpuSeconds(write) / lines) * 1e6);
  store.close();
  results['diskRatio'] = round(openedBytes(data) / bytes, 3);

  search(data, file);
  appendRows(batches);
}

function search(data: string, file: string): void {
  const reader = openLogReader(data, readerOptions(fail));
  const none = { text: '', regex: false };
  results['firstPageColdMs'] = time(() => reader.search(none, 'older', undefined, 200, NEVER));
  results['firstPageMs'] = time(() => reader.search(none, 'older', undefined, 200, NEVER));
  results['firstPageCommonMs'] = time(() =>
    reader.search({ text: 'chrome', regex: false }, 'older', undefined, 200, NEVER),
  );
  for (const [name, text] of [
    ['rare', rareTerm(file)],
    ['absent', 'zebra-quokka-42'],
    ['common', 'firefox'],
    ['short', 'nc'],
    ['japanese', '%E7%B4%84'],
  ] as const) {
    results[`${name}Count`] = reader.count({ text, regex: false }, NEVER).count;
    const cpu = process.cpuUsage();
    results[`${name}Ms`] = time(() => reader.count({ text, regex: false }, NEVER));
    results[`${name}CpuMs`] = round(cpuSeconds(cpu) * 1000);
    results[`${name}RipgrepMs`] = time(() => ripgrep(text, file));
    results[`${name}RipgrepCount`] = ripgrep(text, file);
  }
  for (const [name, text] of [
    ['addressField', `address:${rareTerm(file)}`],
    ['statusField', 'status:503'],
    ['parsedField', 'status:>=500'],
    ['expression', '/order.{1,9}404/'],
    ['bareExpression', '/\\d{3}-\\d{4}/'],
  ] as const) {
    const cpu = process.cpuUsage();
    results[`${name}Count`] = reader.count({ text, regex: false }, NEVER).count;
    results[`${name}CpuMs`] = round(cpuSeconds(cpu) * 1000);
  }
  results['processAbsentMs'] = time(() => yagura(data, 'zebra-quokka-42'));
  results['processRareMs'] = time(() => yagura(data, rareTerm(file)));
  const range = { from: start, to: start + 2 * DAY_MS };
  results['histogramMs'] = time(() => reader.histogram(none, range, 60, NEVER));
  results['regexMs'] = time(() => reader.count({ text: 'union.{1,9}select', regex: true }, NEVER));
  reader.close();
}

/** A target that occurs about once. */
function rareTerm(file: string): string {
  const line = execFileSync('sed', ['-n', `${Math.floor(lines / 2)}p`, file], { encoding: 'utf8' });
  return line.slice(0, line.indexOf(' '));
}

/** As somebody at a terminal counts: with the start of the program. */
function yagura(data: string, text: string): void {
  execFileSync(process.execPath, [CLI, 'search', '--data', data, '--count', '-F', text]);
}

function ripgrep(text: string, file: string): number {
  try {
    return Number(execFileSync('rg', ['-i', '-F', '-c', '--', text, file], { encoding: 'utf8' }));
  } catch {
    return 0;
  }
}

function appendRows(batches: StoredLines[]): void {
  const store = openLogStore(join(directory, 'rows'), { clock, onProblem: fail });
  let appended = 0;
  const cpu = process.cpuUsage();
  for (const batch of batches.slice(0, 40)) {
    const last = batch.offsets[batch.count - 1] ?? 0;
    store.append(batch, { stream: 1, offset: last + 1 });
    appended += batch.count;
  }
  results['appendRowsPerCpuSecond'] = Math.round(appended / cpuSeconds(cpu));
  store.close();
}

async function readBatches(file: string): Promise<StoredLines[]> {
  const batches: StoredLines[] = [];
  let rest = Buffer.alloc(0);
  let offset = 0;
  let line = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    batches.push(...batchesOf(bytes.subarray(0, end), offset, line));
    line += batches.at(-1)?.count ?? 0;
    offset += end;
  }
  return batches;
}

function batchesOf(bytes: Buffer, offset: number, firstLine: number): StoredLines[] {
  const split = splitLines('access', 1, offset, bytes);
  const textEnds = new Uint32Array(split.count);
  const addressLengths = new Uint8Array(split.count);
  const text = Buffer.allocUnsafe(bytes.length);
  let at = 0;
  for (let line = 0; line < split.count; line += 1) {
    const from = split.starts[line] ?? 0;
    at += bytes.copy(text, at, from, split.ends[line]);
    textEnds[line] = at;
    addressLengths[line] = bytes.indexOf(32, from) - from;
  }
  const times = Float64Array.from(
    split.starts,
    (_, line) => start + Math.floor(((firstLine + line) * 50) / 1000) * 1000,
  );
  const batch: StoredLines = {
    logClass: 'access',
    day: dayOf(times[0] ?? start),
    sourceId: 'access',
    stream: 1,
    count: split.count,
    times: times.map((time) => Math.min(time, Date.parse(dayOf(times[0] ?? start)) + DAY_MS - 1)),
    levels: Uint8Array.from(split.starts, (_, line) => (line % 17 === 0 ? 3 : 6)),
    offsets: Float64Array.from(split.starts, (from) => offset + from),
    addresses: new Int32Array(split.count),
    addressLengths,
    addressTable: [],
    patterns: new Uint32Array(split.count),
    patternTable: [''],
    text: text.subarray(0, at),
    textEnds,
  };
  return [batch];
}

function openedBytes(data: string): number {
  const store = openLogStore(data, { clock, onProblem: fail });
  const bytes = store.usedBytes();
  store.close();
  return bytes;
}

function time(action: () => unknown): number {
  const started = performance.now();
  action();
  return round(performance.now() - started);
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}

function sum<Item>(items: Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

function fail(problem: unknown): never {
  throw new Error(JSON.stringify(problem));
}
