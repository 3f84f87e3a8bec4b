import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { parse } from 'node:path';
import type { CpuTimes, HostSystem } from '../system.ts';

/**
 * What Node itself knows on every system: processor and memory, and the space of the system's drive. All else is said to
 * be not available on Windows and macOS for now.
 */
export function portableSystem(platform: string): HostSystem {
  const drive = parse(process.execPath).root;
  return {
    cpuTimes,
    // Windows has no load average; Node answers zeros there, which are not measured.
    loadAverages: () => {
      const [one, five, fifteen] = loadavg();
      if (platform === 'win32' || one === undefined || five === undefined || fifteen === undefined)
        return undefined;
      return [one, five, fifteen];
    },
    // macOS counts reclaimable pages as used in freemem: the percentage would be wrong, so only Windows gives it.
    memory: () =>
      platform === 'win32'
        ? { total: totalmem(), available: freemem(), swapTotal: 0, swapFree: 0 }
        : undefined,
    outOfMemoryKills: () => undefined,
    mounts: () => [{ path: drive, device: drive, type: platform, remote: false }],
    diskCounters: () => undefined,
    networkCounters: () => undefined,
    sockets: () => undefined,
    clockOffset: () => undefined,
  };
}

function cpuTimes(): { total: CpuTimes; cores: CpuTimes[] } | undefined {
  const cores = cpus().map(({ times }, core) => {
    const busy = times.user + times.nice + times.sys + times.irq;
    return { core, busy, ioWait: undefined, total: busy + times.idle };
  });
  if (cores.length === 0) return undefined;
  const total: CpuTimes = { core: -1, busy: 0, ioWait: undefined, total: 0 };
  for (const core of cores) {
    total.busy += core.busy;
    total.total += core.total;
  }
  return { total, cores };
}
