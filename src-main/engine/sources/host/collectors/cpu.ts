import { CounterRates } from '../counter-rate.ts';
import { NOT_AVAILABLE, reading, type Collector, type PartState, type Reading } from '../collector.ts';
import type { CpuTimes, HostSystem } from '../system.ts';

/** Processor time as shares of the last interval, and the load averages. */
export function cpuCollector(system: HostSystem): Collector {
  const rates = new CounterRates();
  let state: PartState = NOT_AVAILABLE;

  function shares(times: CpuTimes, now: number): { busy: number; ioWait: number | undefined } | undefined {
    const growth = rates.growth(String(times.core), now, [times.busy, times.ioWait ?? 0, times.total]);
    const [busy, ioWait, total] = growth?.by ?? [];
    if (busy === undefined || ioWait === undefined || total === undefined || total <= 0) return undefined;
    return {
      busy: (busy / total) * 100,
      ioWait: times.ioWait === undefined ? undefined : (ioWait / total) * 100,
    };
  }

  return {
    name: 'cpu',
    state: () => state,
    collect(now) {
      const readings: Reading[] = [];
      const times = system.cpuTimes();
      state = times === undefined ? NOT_AVAILABLE : { state: 'ok' };
      const total = times === undefined ? undefined : shares(times.total, now);
      if (total !== undefined) readings.push(reading('host_cpu_percent', 'percent', total.busy));
      if (total?.ioWait !== undefined) {
        readings.push(reading('host_cpu_iowait_percent', 'percent', total.ioWait));
      }
      for (const core of times?.cores ?? []) {
        const share = shares(core, now);
        if (share === undefined) continue;
        readings.push(reading('host_cpu_core_percent', 'percent', share.busy, { core: String(core.core) }));
      }
      // A core can be switched off and on again: its old counters must not be compared with.
      rates.forgetUnread(now);
      const load = system.loadAverages();
      if (load !== undefined) {
        readings.push(
          reading('host_load1', 'count', load[0]),
          reading('host_load5', 'count', load[1]),
          reading('host_load15', 'count', load[2]),
        );
      }
      return readings;
    },
  };
}
