import { CounterRates } from '../counter-rate.ts';
import {
  MAX_LABELLED_SERIES,
  NOT_AVAILABLE,
  reading,
  type Collector,
  type PartState,
  type Reading,
} from '../collector.ts';
import type { HostSystem } from '../system.ts';

/** Bytes per second of every interface but the loopback one. */
export function networkCollector(system: HostSystem): Collector {
  const rates = new CounterRates();
  let state: PartState = NOT_AVAILABLE;
  return {
    name: 'network',
    state: () => state,
    collect(now) {
      const interfaces = system.networkCounters();
      state = interfaces === undefined ? NOT_AVAILABLE : { state: 'ok' };
      const readings: Reading[] = [];
      for (const counters of (interfaces ?? []).slice(0, MAX_LABELLED_SERIES)) {
        const growth = rates.growth(counters.interface, now, [counters.received, counters.transmitted]);
        const [received, transmitted] = growth?.by ?? [];
        if (growth === undefined || received === undefined || transmitted === undefined) continue;
        const labels = { interface: counters.interface };
        readings.push(
          reading(
            'host_network_receive_bytes_per_second',
            'bytesPerSecond',
            received / growth.seconds,
            labels,
          ),
          reading(
            'host_network_transmit_bytes_per_second',
            'bytesPerSecond',
            transmitted / growth.seconds,
            labels,
          ),
        );
      }
      rates.forgetUnread(now);
      return readings;
    },
  };
}
