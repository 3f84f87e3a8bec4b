import type { Clock } from '../../../flow/clock.ts';
import type { OutboundLog } from '../../../flow/outbound.ts';
import { NOT_AVAILABLE, reading, type Collector, type PartState } from '../collector.ts';
import { askTime } from '../sntp.ts';
import type { HostSystem } from '../system.ts';

/** RFC 4330 allows one question a minute; five minutes are enough to see a clock drift. */
const ASK_EVERY_MS = 5 * 60_000;
/** A measurement of the time service older than this says nothing about now. */
const FRESH_MS = 3_600_000;

/**
 * How far this machine's clock is off: from what the time service wrote down, or, only where a server is set, by asking
 * it. Without either there is no sample.
 */
export function clockCollector(
  system: HostSystem,
  clock: Clock,
  ntpServer: () => string,
  outbound: OutboundLog,
): Collector {
  let state: PartState = NOT_AVAILABLE;
  let asked = { server: '', at: Number.NEGATIVE_INFINITY };
  let measuredAt = Number.NEGATIVE_INFINITY;
  let waiting: { seconds: number } | undefined;

  async function ask(server: string): Promise<void> {
    const result = await askTime(server, clock);
    outbound.record('time', server, 'failure' in result ? 'failed' : 'ok');
    if ('failure' in result) {
      state = { state: 'notAvailable', reason: result.failure.message };
      return;
    }
    state = { state: 'ok' };
    waiting = { seconds: result.answer.offsetSeconds };
  }

  return {
    name: 'clock',
    state: () => state,
    collect(now) {
      const server = ntpServer().trim();
      if (server !== '') {
        const due = asked.server !== server || now < asked.at || now - asked.at >= ASK_EVERY_MS;
        if (due) {
          asked = { server, at: now };
          // The collection does not wait for a server: the answer goes with the next one.
          void ask(server);
        }
        const answer = waiting;
        waiting = undefined;
        return answer === undefined ? [] : [reading('host_clock_offset_seconds', 'seconds', answer.seconds)];
      }
      asked = { server: '', at: Number.NEGATIVE_INFINITY };
      const offset = system.clockOffset();
      const fresh = offset !== undefined && Math.abs(now - offset.measuredAt) <= FRESH_MS;
      state = fresh
        ? { state: 'ok' }
        : { state: 'notAvailable', reason: { key: 'host.clock.notAvailable', parameters: {} } };
      if (!fresh || offset.measuredAt === measuredAt) return [];
      measuredAt = offset.measuredAt;
      return [reading('host_clock_offset_seconds', 'seconds', offset.seconds)];
    },
  };
}
