/** What masking costs, in lines per CPU-second and format, without and with secrets: `node test/bench/mask.ts [--json]`. */
import { splitLines } from '../../src-main/engine/flow/line-batch.ts';
import { ParsedBatch } from '../../src-main/engine/flow/parsed-batch.ts';
import { createMasker } from '../../src-main/engine/parse/mask.ts';
import { sampleLines, SAMPLE_FORMATS } from './sample-lines.ts';

const LINES = 40_000;
const ROUNDS = 15;

function linesPerCpuSecond(text: string): number {
  const batch = new ParsedBatch(splitLines('bench', 1, 0, Buffer.from(text)));
  const masker = createMasker({ secrets: true, users: false, key: 'bench' });
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = process.cpuUsage();
    masker.maskBatch(batch);
    const spent = process.cpuUsage(before);
    times.push((spent.user + spent.system) / 1e6);
  }
  const median = times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 1;
  return Math.round(batch.count / median);
}

const results = SAMPLE_FORMATS.map((format) => {
  const clean = sampleLines(format, LINES);
  const lines = clean.split('\n');
  const secret = lines
    .map((line, index) => (index % 50 === 0 ? `${line} token=ab12cd34ef` : line))
    .join('\n');
  return {
    format,
    bytesPerLine: Math.round(clean.length / LINES),
    nothingToMask: linesPerCpuSecond(clean),
    oneInFifty: linesPerCpuSecond(secret),
  };
});
if (process.argv.includes('--json')) console.log(JSON.stringify(results));
else console.table(results);
