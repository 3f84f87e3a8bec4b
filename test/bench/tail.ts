/** Time from a line's write to its chunk, and from many: `node test/bench/tail.ts [--json]`. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src-main/engine/flow/clock.ts';
import { LogTail } from '../../src-main/engine/sources/logs/tail.ts';

const WRITES = 200;

const directory = mkdtempSync(join(tmpdir(), 'yagura-bench-'));
const path = join(directory, 'app.log');
writeFileSync(path, 'first\n');
let streams = 0;
const tail = new LogTail({
  registry: {
    create: async (identity) => {
      streams += 1;
      return { ...identity, stream: streams };
    },
    update: async () => undefined,
  },
  known: { streams: [], positions: [] },
  clock: systemClock,
});
tail.setSources([{ id: 'bench', path }]);
const first = await tail.next();
if (first !== undefined) tail.release(first);
const times: number[] = [];
for (let write = 0; write < WRITES; write += 1) {
  await new Promise((resolve) => setTimeout(resolve, 10 + ((write * 37) % 60)));
  const before = performance.now();
  appendFileSync(path, `line ${write}\n`);
  const chunk = await tail.next();
  times.push(performance.now() - before);
  if (chunk !== undefined) tail.release(chunk);
}
await tail.close();
rmSync(directory, { recursive: true });
const sorted = times.toSorted((a, b) => a - b);
const at = (share: number): number => Math.round((sorted[Math.floor(WRITES * share)] ?? 0) * 10) / 10;
const result = { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(0.999) };
console.log(process.argv.includes('--json') ? JSON.stringify(result) : result);
