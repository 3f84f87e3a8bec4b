import { NOT_AVAILABLE, reading, type Collector, type PartState } from '../collector.ts';
import type { HostSystem } from '../system.ts';

/** Memory by what is available (free would count caches as used), swap, and processes killed for lack of memory. */
export function memoryCollector(system: HostSystem): Collector {
  let state: PartState = NOT_AVAILABLE;
  return {
    name: 'memory',
    state: () => state,
    collect() {
      const memory = system.memory();
      const kills = system.outOfMemoryKills();
      state = memory === undefined ? NOT_AVAILABLE : { state: 'ok' };
      const readings = kills === undefined ? [] : [reading('host_oom_kills_total', 'count', kills)];
      if (memory === undefined) return readings;
      readings.push(
        reading('host_memory_used_percent', 'percent', (1 - memory.available / memory.total) * 100),
        reading('host_memory_available_bytes', 'bytes', memory.available),
        reading('host_memory_total_bytes', 'bytes', memory.total),
      );
      // No swap is not 0 % of swap in use.
      if (memory.swapTotal > 0) {
        const used = (1 - memory.swapFree / memory.swapTotal) * 100;
        readings.push(reading('host_swap_used_percent', 'percent', used));
      }
      return readings;
    },
  };
}
