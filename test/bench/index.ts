import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { attachToEngine, callLimit } from '../../src-main/wire/engine-client.ts';
import { flood } from './flood.ts';
import { live } from './live.ts';
import { generateAccessLog, generateAuthLog } from './log-generator.ts';
import { ranges, searching } from './reading.ts';

/*
 * What Yagura costs, measured on the built product: `npm run bench [-- NAME] [--json] [--lines N]`. Numbers are only as
 * good as the machine was quiet: its load is printed with them.
 */

type Results = Record<string, number>;

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const COMMAND = root('out/main/cli.js');
const DAY_MS = 86_400_000;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, lines: { type: 'string', default: '1000000' } },
});
const lines = Number(values.lines);
const directory = mkdtempSync(join(tmpdir(), 'yagura-bench-'));

/** One line a bench; those that measure one step are programs of their own. */
const benches: Record<string, () => Results | Promise<Results>> = {
  pipeline,
  latency,
  live: () => live(COMMAND, directory, lines),
  flood: () => flood(COMMAND, directory),
  search: () => searching(COMMAND, directory, lines),
  range: () => ranges(directory),
  idle,
  memory,
};
const steps: Record<string, string> = {
  parse: 'parse.ts',
  mask: 'mask.ts',
  patterns: 'patterns.ts',
  store: 'store.ts',
  tail: 'tail.ts',
  peers: 'peers.ts',
};

/** Lines of access and sign-in logs through the whole way into the store, with masking and 2 % attacks. */
function pipeline(): Results {
  const start = Date.now() - DAY_MS;
  const access = generateAccessLog(join(directory, 'access.log'), {
    lines,
    start,
    attackShare: 0.02,
    stepMs: 50,
  });
  const auth = generateAuthLog(join(directory, 'auth.log'), { lines, start, attackShare: 0.02, stepMs: 50 });
  const result = spawnSync(
    process.execPath,
    [COMMAND, 'ingest', access.path, auth.path, '--data', join(directory, 'data'), '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 24 },
  );
  if (result.status !== 0) throw new Error(result.stderr);
  const report = z
    .object({
      linesPerSecond: z.number(),
      linesPerCpuSecond: z.number(),
      diskBytes: z.number(),
      findings: z.number(),
    })
    .parse(JSON.parse(result.stdout));
  const bytes = access.bytes + auth.bytes;
  const began = performance.now();
  spawnSync('rg', ['-i', '-F', '-c', '--', 'no-such-word-here', access.path, auth.path]);
  return {
    linesPerSecond: report.linesPerSecond,
    linesPerCpuSecond: report.linesPerCpuSecond,
    diskRatio: report.diskBytes / bytes,
    findings: report.findings,
    ripgrepSeconds: (performance.now() - began) / 1000,
  };
}

/** Memory of a bulk read at a quarter of it and at the most of its last quarter: it must not grow with what was read. */
async function memory(): Promise<Results> {
  const file = generateAccessLog(join(directory, 'long.log'), {
    lines,
    start: Date.now() - DAY_MS,
    attackShare: 0.02,
    stepMs: DAY_MS / lines,
  });
  const data = join(directory, 'memory');
  const reading = spawn(process.execPath, [COMMAND, 'ingest', file.path, '--data', data, '--json'], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => reading.once('exit', resolve));
  const samples: number[] = [];
  const sampling = setInterval(() => {
    const bytes = residentBytes(reading.pid);
    if (bytes > 0) samples.push(bytes);
  }, 250);
  await ended;
  clearInterval(sampling);
  const quarter = Math.floor(samples.length / 4);
  const first = Math.max(...samples.slice(0, quarter + 1));
  const last = Math.max(...samples.slice(-quarter - 1, -1));
  return { memoryFirstQuarterBytes: first, memoryLastQuarterBytes: last, memoryGrowth: last / first };
}

/** Start, and from a written line to its alert in the engine's state. */
async function latency(): Promise<Results> {
  const data = join(directory, 'live');
  const log = join(directory, 'live.log');
  mkdirSync(data);
  writeFileSync(log, '');
  writeFileSync(
    join(data, 'settings.yaml'),
    `logs:\n  discover: false\n  sources:\n    - path: ${JSON.stringify(log)}\n`,
  );
  const begun = performance.now();
  const engine = spawn(process.execPath, [COMMAND, 'run', '--data', data, '--json'], { stdio: 'ignore' });
  try {
    let connection = await attachToEngine(data);
    while (connection === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      connection = await attachToEngine(data);
    }
    const startMs = performance.now() - begun;
    const times: number[] = [];
    for (let round = 0; round < 50; round += 1) {
      const address = `198.51.100.${round + 1}`;
      const at = performance.now();
      const stamp = `${new Date().toISOString().slice(0, 19)}Z`;
      appendFileSync(
        log,
        Array.from(
          { length: 5 },
          (_, port) =>
            `${stamp} host sshd[1]: Failed password for root from ${address} port ${port + 1024} ssh2\n`,
        ).join(''),
      );
      for (;;) {
        const alerts = await connection.client.alerts.active(undefined, callLimit());
        if (alerts.some((alert) => alert.address === address)) break;
        if (performance.now() - at > 10_000) throw new Error('No alert within ten seconds.');
      }
      times.push(performance.now() - at);
    }
    connection.close();
    const sorted = times.toSorted((a, b) => a - b);
    return {
      startMs,
      latencyP50Ms: sorted[25] ?? 0,
      latencyP95Ms: sorted[47] ?? 0,
      memoryBytes: residentBytes(engine.pid),
    };
  } finally {
    engine.kill();
  }
}

/** An engine that watches this machine and its logs with nobody looking: processor and memory after it has settled. */
async function idle(): Promise<Results> {
  const engine = spawn(process.execPath, [COMMAND, 'run', '--data', join(directory, 'idle'), '--json'], {
    stdio: 'ignore',
  });
  try {
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    const before = processorTicks(engine.pid);
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    // 100 ticks a second on every Linux we know (sysconf(_SC_CLK_TCK)); 30 s of one core are 3000.
    return {
      idleCpuPercent: (processorTicks(engine.pid) - before) / 30,
      idleMemoryBytes: residentBytes(engine.pid),
    };
  } finally {
    engine.kill();
  }
}

/** User and system time of all threads; Linux only. */
function processorTicks(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

/** 0 for a process that has ended. */
function residentBytes(pid: number | undefined): number {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(stdout) * 1024;
}

const [wanted] = positionals;
const step = wanted === undefined ? undefined : steps[wanted];
try {
  if (step !== undefined) {
    spawnSync(process.execPath, [root(`test/bench/${step}`), ...(values.json ? ['--json'] : [])], {
      stdio: 'inherit',
    });
  } else {
    const chosen = Object.entries(benches).filter(([name]) => wanted === undefined || name === wanted);
    if (chosen.length === 0)
      throw new Error(`No bench “${wanted}”: ${Object.keys({ ...benches, ...steps }).join(', ')}`);
    const results: Results = { load: loadavg()[0] ?? 0 };
    for (const [, bench] of chosen) Object.assign(results, await bench());
    if (values.json) process.stdout.write(`${JSON.stringify(results)}\n`);
    else console.table(results);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
