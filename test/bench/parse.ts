/**
 * What parsing costs, in lines per CPU-second and format: `node test/bench/parse.ts [--json]`.
 * Lines are made up here, with as many distinct addresses, targets and agents as real logs have.
 */
import { splitLines, type LineBatch } from '../../src-main/engine/flow/line-batch.ts';
import { createLineParser } from '../../src-main/engine/parse/line-parser.ts';
import { systemClock } from '../../src-main/engine/flow/clock.ts';
import { sampleLines, SAMPLE_FORMATS } from './sample-lines.ts';

const LINES = 40_000;
const ROUNDS = 15;

interface Measurement {
  format: string;
  bytesPerLine: number;
  linesPerCpuSecond: number;
}

function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const spent = process.cpuUsage(before);
  return (spent.user + spent.system) / 1e6;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function measure(format: string, batch: LineBatch): Measurement {
  const parser = createLineParser({ timeZone: 'UTC', clock: systemClock });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(cpuSeconds(() => parser.parse(batch)));
  return {
    format,
    bytesPerLine: Math.round(batch.bytes.length / batch.count),
    linesPerCpuSecond: Math.round(batch.count / median(times)),
  };
}

const results = SAMPLE_FORMATS.map((format) =>
  measure(format, splitLines('bench', 1, 0, Buffer.from(sampleLines(format, LINES)))),
);
if (process.argv.includes('--json')) console.log(JSON.stringify(results));
else console.table(results);
