import { latencyPercentile } from './flow/traffic.ts';
import type { MetricSample } from './flow/metric.ts';
import type { LiveTraffic } from './store/traffic/traffic-ledger.ts';

/** What the figures look back on. */
const WINDOW_MS = 60_000;
/** Fewer requests than this in a minute make no share and no percentile: one error of five is no outage. */
const FEWEST = 20;

/** The requests of the last minute as metrics: the source of the rules on errors and latency. */
export class TrafficGauge {
  readonly #reports: { at: number; traffic: LiveTraffic }[] = [];
  #seen = false;

  add(traffic: LiveTraffic, now: number): void {
    if (traffic.requests > 0) {
      this.#seen = true;
      this.#reports.push({ at: now, traffic });
    }
    this.#forget(now);
  }

  /** Nothing at all until the first request: no access log is no traffic of zero. */
  samples(now: number): MetricSample[] {
    this.#forget(now);
    if (!this.#seen) return [];
    let requests = 0;
    let errors = 0;
    const latency: number[] = [];
    for (const { traffic } of this.#reports) {
      requests += traffic.requests;
      errors += traffic.errors;
      for (const [bucket, count] of traffic.latency.entries())
        latency[bucket] = (latency[bucket] ?? 0) + count;
    }
    const sample = (name: string, unit: MetricSample['unit'], value: number): MetricSample => ({
      name,
      labels: {},
      unit,
      time: now,
      value,
    });
    const samples = [sample('http_requests_per_second', 'perSecond', (requests * 1000) / WINDOW_MS)];
    if (requests < FEWEST) return samples;
    samples.push(sample('http_error_percent', 'percent', (errors * 100) / requests));
    const timed = latency.reduce((sum, count) => sum + count, 0);
    const p95 = latencyPercentile(latency, 0.95);
    if (timed >= FEWEST && p95 !== undefined) samples.push(sample('http_p95_seconds', 'seconds', p95 / 1000));
    return samples;
  }

  #forget(now: number): void {
    while ((this.#reports[0]?.at ?? now) <= now - WINDOW_MS) this.#reports.shift();
  }
}
