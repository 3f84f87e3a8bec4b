import { CounterRates } from '../counter-rate.ts';
import { reading, type Collector } from '../collector.ts';

/** What the engine itself uses (A9): all threads of its process, in percent of one core, and resident memory. */
export function selfCollector(
  usage: () => { cpuSeconds: number; residentBytes: number } = ownUsage,
): Collector {
  const rates = new CounterRates();
  return {
    name: 'self',
    state: () => ({ state: 'ok' }),
    collect(now) {
      const { cpuSeconds, residentBytes } = usage();
      const growth = rates.growth('self', now, [cpuSeconds]);
      const spent = growth?.by[0];
      const readings = [reading('yagura_memory_rss_bytes', 'bytes', residentBytes)];
      if (growth !== undefined && spent !== undefined) {
        readings.push(reading('yagura_cpu_percent', 'percent', (spent / growth.seconds) * 100));
      }
      return readings;
    },
  };
}

function ownUsage(): { cpuSeconds: number; residentBytes: number } {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1_000_000, residentBytes: process.memoryUsage.rss() };
}
