import { performance } from 'node:perf_hooks';
import { NOT_AVAILABLE, reading, type Collector, type PartState } from '../collector.ts';
import type { HostSystem, Listener } from '../system.ts';

/**
 * The socket table of a busy machine is long. After a read that took t, the next waits 200 t: half a percent of a core at
 * the most, whatever the number of connections; the series is then coarser, not wrong.
 */
const REST_FACTOR = 200;

/**
 * TCP connections by state, and the number of listeners.
 * @param onListeners is given every listener of each reading
 */
export function connectionsCollector(
  system: HostSystem,
  onListeners: (listeners: Listener[], now: number) => void,
): Collector {
  let state: PartState = NOT_AVAILABLE;
  let nextAt = 0;
  return {
    name: 'connections',
    state: () => state,
    collect(now) {
      // A clock set back must not stop it.
      if (now < nextAt && nextAt - now < 60_000) return [];
      const startedAt = performance.now();
      const sockets = system.sockets();
      nextAt = now + (performance.now() - startedAt) * REST_FACTOR;
      state = sockets === undefined ? NOT_AVAILABLE : { state: 'ok' };
      if (sockets === undefined) return [];
      onListeners(sockets.listeners, now);
      // A state nobody is in really is 0; without it the line of the last one would just end.
      if (!sockets.states.has('established')) sockets.states.set('established', 0);
      return [
        ...[...sockets.states].map(([name, count]) =>
          reading('host_connections', 'count', count, { state: name }),
        ),
        reading('host_listeners', 'count', sockets.listeners.length),
      ];
    },
  };
}
