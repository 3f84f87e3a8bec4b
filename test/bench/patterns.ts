/** What finding the patterns of lines costs, in lines per CPU-second and format: `node test/bench/patterns.ts [--json] [FILE…]`. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../../src-main/engine/flow/clock.ts';
import { splitLines } from '../../src-main/engine/flow/line-batch.ts';
import type { ParsedBatch } from '../../src-main/engine/flow/parsed-batch.ts';
import { createLineParser } from '../../src-main/engine/parse/line-parser.ts';
import { LinePatterns } from '../../src-main/engine/parse/patterns/line-patterns.ts';
import { sampleLines, SAMPLE_FORMATS } from './sample-lines.ts';

const LINES = 200_000;
/** As much as a line worker takes at once. */
const CHUNK_BYTES = 1 << 20;

function measured(name: string, bytes: Buffer): Record<string, string | number> {
  const batches: ParsedBatch[] = [];
  const parser = createLineParser({ timeZone: 'UTC', year: 2026, clock: systemClock });
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(10, Math.min(bytes.length - 1, from + CHUNK_BYTES)) + 1 || bytes.length;
    batches.push(parser.parse(splitLines('bench', 1, from, bytes.subarray(from, end))));
    from = end;
  }
  const patterns = new LinePatterns({ whenFull: 'forget' });
  const before = process.cpuUsage();
  for (const batch of batches) patterns.mine(batch, new Int32Array(batch.count));
  const { user, system } = process.cpuUsage(before);
  const lines = batches.reduce((sum, batch) => sum + batch.count, 0);
  return {
    name,
    bytesPerLine: Math.round(bytes.length / lines),
    patterns: patterns.size,
    forgotten: patterns.forgotten,
    microsecondsPerLine: Number(((user + system) / lines).toFixed(3)),
    linesPerCpuSecond: Math.round((lines / (user + system)) * 1e6),
  };
}

const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const results =
  files.length > 0
    ? files.map((file) => measured(file, readFileSync(file)))
    : SAMPLE_FORMATS.map((format) => measured(format, Buffer.from(sampleLines(format, LINES))));
if (process.argv.includes('--json')) console.log(JSON.stringify(results));
else console.table(results);
