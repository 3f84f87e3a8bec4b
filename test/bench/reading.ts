import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { logFilterSchema } from '../../src-preload/contract/logs.ts';
import { openLogs } from '../../src-main/engine/offline.ts';
import { openMetricStore } from '../../src-main/engine/store/metrics/metric-store.ts';
import { generateAccessLog } from './log-generator.ts';

const DAY_MS = 86_400_000;
const NEVER = { cancelled: false };

/** First page, an absent and a rare term against ripgrep on the raw file (SPEC: 150 ms, and no slower than ripgrep). */
export function searching(command: string, directory: string, lines: number): Record<string, number> {
  const log = generateAccessLog(join(directory, 'search.log'), {
    lines,
    start: Date.now() - DAY_MS,
    stepMs: 50,
  });
  const data = join(directory, 'search');
  const ingest = spawnSync(process.execPath, [command, 'ingest', log.path, '--data', data, '--json'], {
    encoding: 'utf8',
  });
  if (ingest.status !== 0) throw new Error(ingest.stderr);
  const logs = openLogs(data, ({ message }) => process.stderr.write(`${message.key}\n`));
  const page = (text: string): void => {
    logs.search(logFilterSchema.parse({ text }), 'older', undefined, 200, NEVER);
  };
  const count = (text: string): void => {
    logs.count(logFilterSchema.parse({ text }), NEVER);
  };
  const ripgrep = (text: string): number =>
    milliseconds(() => void spawnSync('rg', ['-i', '-F', '-c', '--', text, log.path]));
  const result = {
    firstPageMs: milliseconds(() => page('')),
    commonWordPageMs: milliseconds(() => page('nikkei')),
    absentTermMs: milliseconds(() => count('no-such-word-here')),
    absentTermRipgrepMs: ripgrep('no-such-word-here'),
    rareTermMs: milliseconds(() => count('hedge4711')),
    rareTermRipgrepMs: ripgrep('hedge4711'),
  };
  logs.close();
  return result;
}

/** Ranges of one series in a store that holds two days of raw values (SPEC: 5 ms each). */
export function ranges(directory: string): Record<string, number> {
  const now = Date.now();
  const store = openMetricStore({
    directory,
    clock: { now: () => now },
    onProblem: ({ message }) => process.stderr.write(`${message.key}\n`),
  });
  for (let time = now - 2 * DAY_MS; time < now; time += 5000) {
    store.append([
      { name: 'host_cpu_percent', labels: {}, unit: 'percent', time, value: 30 + 20 * Math.sin(time / 1e6) },
    ]);
  }
  store.maintain({ rawDays: 7, minuteDays: 90, hourDays: 730 }, now);
  const range = (span: number): number =>
    milliseconds(() => void store.range([{ name: 'host_cpu_percent' }], { from: now - span, to: now }, 300));
  range(DAY_MS);
  const result = {
    range24hMs: range(DAY_MS),
    range30dMs: range(30 * DAY_MS),
    range2yMs: range(730 * DAY_MS),
  };
  store.close();
  return result;
}

function milliseconds(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
