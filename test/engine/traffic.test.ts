import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTraffic } from '../../src-main/engine/store/traffic/traffic-reader.ts';
import { TrafficGauge } from '../../src-main/engine/traffic-gauge.ts';
import { startReading } from './reading.ts';

const TEN = Date.UTC(2026, 4, 1, 10);

describe('traffic of access logs', () => {
  it('is what the files say, in the minutes they say, and not more when a file is read again', async () => {
    const reading = startReading();
    const file = join(reading.directory, 'access.log');
    const lines = Array.from({ length: 3000 }, (_, index) => {
      const at = new Date(TEN + index * 100).toISOString().slice(11, 19);
      const status = index % 50 === 0 ? 502 : 200;
      const seconds = index % 20 === 0 ? '2.000' : '0.010';
      return `192.0.2.${index % 4} - - [01/May/2026:${at} +0000] "GET /orders/${index} HTTP/1.1" ${status} 10 "-" "curl" ${seconds}`;
    });
    writeFileSync(file, `${lines.join('\n')}\n`);
    await reading.ingest([file]);
    await reading.ingest([file]);
    const range = { from: TEN, to: TEN + 600_000 };
    const answer = readTraffic(reading.data, { range, by: 'route', limit: 10, points: 10 });
    expect(answer.totals).toMatchObject({ requests: 3000, errors: 60, timed: 3000, bytes: 30_000 });
    expect(answer.rows).toMatchObject([{ name: 'GET /orders/:id', requests: 3000 }]);
    expect(answer.series.requests).toEqual([10, 10, 10, 10, 10]);
    expect(answer.totals.p50).toBeLessThan(12);
    expect(answer.totals.p99).toBeGreaterThan(1700);
    const clients = readTraffic(reading.data, { range, by: 'client', limit: 3, points: 10 });
    expect(clients.rows).toHaveLength(3);
    expect(clients.others?.requests).toBe(750);
  });
});

describe('traffic as metrics', () => {
  const latency = Array.from({ length: 40 }, (_, bucket) => (bucket === 24 ? 100 : 0));

  it('is nothing before the first request', () => {
    expect(new TrafficGauge().samples(TEN)).toEqual([]);
  });

  it('tells rate, share of errors and 95th percentile of the last minute', () => {
    const gauge = new TrafficGauge();
    gauge.add({ requests: 500, errors: 500, latency: [] }, TEN - 61_000);
    gauge.add({ requests: 100, errors: 5, latency }, TEN);
    const values = Object.fromEntries(gauge.samples(TEN).map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({ http_error_percent: 5 });
    expect(values['http_requests_per_second']).toBeCloseTo(100 / 60);
    expect(values['http_p95_seconds']).toBeCloseTo(1, 0);
  });

  it('has no share of a handful of requests', () => {
    const gauge = new TrafficGauge();
    gauge.add({ requests: 5, errors: 1, latency }, TEN);
    expect(gauge.samples(TEN).map(({ name }) => name)).toEqual(['http_requests_per_second']);
  });

  it('falls to zero when no more requests come', () => {
    const gauge = new TrafficGauge();
    gauge.add({ requests: 100, errors: 0, latency: [] }, TEN);
    expect(gauge.samples(TEN + 120_000)).toMatchObject([{ name: 'http_requests_per_second', value: 0 }]);
  });
});
