import { readFile } from 'node:fs/promises';
import type { ProcessUsage } from '../../src-preload/contract/desktop.ts';

/** What Electron tells of one of its processes (`app.getAppMetrics`). */
export interface ProcessMetric {
  pid: number;
  type: string;
  cpu: { cumulativeCPUUsage?: number; percentCPUUsage: number };
  /** Kilobytes. */
  memory: { workingSetSize: number };
}

const TYPES: Record<string, ProcessUsage['type']> = { Browser: 'main', Tab: 'page', GPU: 'graphics' };

export interface UsageParts {
  metrics: () => ProcessMetric[];
  /** The engine where it is one of Electron's processes: it tells of itself. */
  enginePid: () => number | undefined;
  /** Milliseconds that only go forward. */
  now: () => number;
  /** PSS of a process in bytes where the system tells it. */
  proportionalMemory: (pid: number) => Promise<number | undefined>;
}

/** What the desktop's own processes use. */
export class DesktopUsage {
  readonly #parts: UsageParts;
  #before = new Map<number, { at: number; seconds: number }>();

  constructor(parts: UsageParts) {
    this.#parts = parts;
  }

  async measure(): Promise<ProcessUsage[]> {
    const at = this.#parts.now();
    const metrics = this.#parts.metrics().filter(({ pid }) => pid !== this.#parts.enginePid());
    const before = this.#before;
    this.#before = new Map(
      metrics.map(({ pid, cpu }) => [pid, { at, seconds: cpu.cumulativeCPUUsage ?? 0 }]),
    );
    return Promise.all(
      metrics.map(async ({ pid, type, cpu, memory }) => ({
        type: TYPES[type] ?? 'helper',
        cpuPercent: percentSince(before.get(pid), at, cpu.cumulativeCPUUsage ?? 0),
        memoryBytes: (await this.#parts.proportionalMemory(pid)) ?? memory.workingSetSize * 1024,
      })),
    );
  }
}

/** Of one core. Electron's own percentage is of all cores and since whoever asked last. */
function percentSince(
  before: { at: number; seconds: number } | undefined,
  at: number,
  seconds: number,
): number {
  if (before === undefined || at <= before.at) return 0;
  return Math.max(0, ((seconds - before.seconds) * 100_000) / (at - before.at));
}

/** Linux's proportional set size: shared pages count for each of those who share them. */
export async function proportionalMemory(pid: number): Promise<number | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    const pss = /^Pss:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return pss === undefined ? undefined : Number(pss) * 1024;
  } catch {
    // Gone meanwhile, or sandboxed away from us.
    return undefined;
  }
}
