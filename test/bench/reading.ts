import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { logFilterSchema } from '../../src-preload/contract/log-filter.ts';
import { openLogs } from '../../src-main/engine/offline.ts';
import { openMetricStore } from '../../src-main/engine/store/metrics/metric-store.ts';
import { generateAccessLog } from './log-generator.ts';

const DAY_MS = 86_400_000;
const NEVER = { cancelled: false };

/** Terms that few lines hold, written into the log at its middle: what a search is mostly for. */
const RARE = {
  rareWord: 'quokka-zebra',
  rareAddress: '203.0.113.251',
  rareUuid: '8c1f2a64-5b0e-4d27-9a83-e1f06b7c9d42',
  rareJapanese: '決済基盤障害',
  rareNumber: '987654321',
};

/**
 * First page, absent and rare terms against ripgrep on the raw file (SPEC: 150 ms, and no slower than ripgrep); what only
 * reading lines again can answer; and the same from the terminal, with the start of its process.
 */
export function searching(command: string, directory: string, lines: number): Record<string, number> {
  const log = generateAccessLog(join(directory, 'search.log'), {
    lines,
    start: Date.now() - DAY_MS,
    stepMs: 50,
  });
  const stamp = new Date().toISOString();
  appendFileSync(
    log.path,
    Object.values(RARE)
      .map((term) => `${stamp} INFO desk order ${term} done\n`)
      .join(''),
  );
  const data = join(directory, 'search');
  const ingest = spawnSync(process.execPath, [command, 'ingest', log.path, '--data', data, '--json'], {
    encoding: 'utf8',
  });
  if (ingest.status !== 0) throw new Error(ingest.stderr);
  const logs = openLogs(data, ({ message }) => process.stderr.write(`${message.key}\n`));
  const page = (text: string): void => {
    logs.search(logFilterSchema.parse({ text }), 'older', undefined, 200, NEVER);
  };
  const count = (text: string): number => logs.count(logFilterSchema.parse({ text }), NEVER).count;
  const results: Record<string, number> = {
    firstPageMs: milliseconds(() => page('')),
    commonWordPageMs: milliseconds(() => page('nikkei')),
    fieldPageMs: milliseconds(() => page('status:500..599 -method:GET')),
  };
  for (const [name, text] of Object.entries({
    ...RARE,
    absentTerm: 'no-such-word-here',
    commonTerm: 'hedge',
  })) {
    const found = count(text);
    results[`${name}Ms`] = milliseconds(() => void count(text));
    let expected = 0;
    results[`${name}RipgrepMs`] = milliseconds(() => (expected = ripgrep(text, log.path)));
    if (found !== expected) throw new Error(`${text}: ${found} lines, ripgrep finds ${expected}`);
  }
  results['expressionMs'] = milliseconds(() => void count('/hedge\\d+ HTTP/'));
  results['fieldMs'] = milliseconds(() => void count('status:500..599'));
  logs.close();
  results['terminalMs'] = milliseconds(() => {
    spawnSync(process.execPath, [command, 'search', '--count', RARE.rareUuid, '--data', data]);
  });
  return results;
}

function ripgrep(text: string, path: string): number {
  return Number(spawnSync('rg', ['-i', '-F', '-c', '--', text, path], { encoding: 'utf8' }).stdout);
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
