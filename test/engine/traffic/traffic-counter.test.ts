import { describe, expect, it } from 'vitest';
import { TrafficCounter } from '../../../src-main/engine/traffic/traffic-counter.ts';
import {
  KIND,
  latencyBucket,
  latencyLimit,
  latencyPercentile,
  LATENCY_BUCKETS,
  TRAFFIC_KINDS,
} from '../../../src-main/engine/flow/traffic.ts';
import { LINES_PER_RUN } from '../../../src-main/engine/flow/line-runs.ts';
import { createLineParser } from '../../../src-main/engine/parse/line-parser.ts';
import { LineDecoder } from '../../../src-main/engine/parse/decode-lines.ts';

const clock = { now: () => Date.UTC(2026, 10, 21, 12) };

function counted(lines: string[], counter = plainCounter()) {
  const parser = createLineParser({ timeZone: 'UTC', year: undefined, clock });
  const place = { sourceId: 'access', stream: 1, offset: 0 };
  const batch = parser.parse(
    new LineDecoder().split(place, Buffer.from(`${lines.join('\n')}\n`), undefined),
    undefined,
  );
  const sums = counter.count(batch);
  const rows = [];
  for (let index = 0; index < (sums?.count ?? 0); index += 1) {
    rows.push({
      kind: TRAFFIC_KINDS[sums?.kinds[index] ?? 0],
      time: sums?.times[index],
      name: sums?.nameTable[sums.names[index] ?? 0],
      requests: sums?.requests[index],
      errors: sums?.errors[index],
      refusals: sums?.refusals[index],
      bytes: sums?.bytes[index],
      timed: sums?.latencies
        .subarray(index * LATENCY_BUCKETS, (index + 1) * LATENCY_BUCKETS)
        .reduce((sum, count) => sum + count, 0),
    });
  }
  return rows;
}

function plainCounter(): TrafficCounter {
  return new TrafficCounter({ maskRoute: (route) => route, maskUser: (name) => name });
}

function access(target: string, status = 200, rest = '', time = '21/Nov/2026:10:00:30', user = '-'): string {
  return `192.0.2.7 - ${user} [${time} +0000] "GET ${target} HTTP/1.1" ${status} 100 "-" "curl"${rest}`;
}

function routesOf(targets: string[]): (string | undefined)[] {
  return counted(targets.map((target) => access(target)))
    .filter(({ kind }) => kind === 'route')
    .map(({ name }) => name);
}

describe('traffic of a batch', () => {
  it('has one total of a minute, however many lines it has', () => {
    const lines = Array.from({ length: 3 * LINES_PER_RUN }, () => access('/orders', 404));
    const totals = counted(lines).filter(({ kind }) => kind === 'total');
    expect(totals).toMatchObject([
      { requests: lines.length, refusals: lines.length, bytes: lines.length * 100 },
    ]);
  });

  it('sums up totals by the minute, and route, client, status and user in five', () => {
    const rows = counted([
      access('/orders', 200, '', '21/Nov/2026:10:00:30', 'sato'),
      access('/orders', 503, '', '21/Nov/2026:10:01:30'),
      access('/orders', 404, '', '21/Nov/2026:10:01:31'),
    ]);
    expect(rows.filter(({ kind }) => kind === 'total')).toMatchObject([
      { time: Date.UTC(2026, 10, 21, 10, 0), requests: 1, errors: 0, refusals: 0, bytes: 100 },
      { time: Date.UTC(2026, 10, 21, 10, 1), requests: 2, errors: 1, refusals: 1, bytes: 200 },
    ]);
    expect(rows.filter(({ kind }) => kind === 'route')).toMatchObject([
      { name: 'GET /orders', time: Date.UTC(2026, 10, 21, 10), requests: 3, errors: 1, refusals: 1 },
    ]);
    expect(rows.filter(({ kind }) => kind === 'client')).toMatchObject([{ name: '192.0.2.7', requests: 3 }]);
    expect(rows.filter(({ kind }) => kind === 'status').map(({ name }) => name)).toEqual([
      '200',
      '503',
      '404',
    ]);
    expect(rows.filter(({ kind }) => kind === 'user')).toMatchObject([{ name: 'sato', requests: 1 }]);
  });

  it.each([
    ['numbers', '/orders/17', '/orders/4711', 'GET /orders/:id'],
    ['queries', '/quotes?symbol=A', '/quotes?symbol=B#x', 'GET /quotes'],
    [
      'UUIDs',
      '/o/6f1b7c1e-58c5-4e9c-9d5f-3b2a1c0d9e8f/x',
      '/o/0a1b7c1e-58c5-4e9c-9d5f-3b2a1c0d9e8f/x',
      'GET /o/:id/x',
    ],
    ['hashes', '/c/9f86d081884c7d65', '/c/2c26b46b68ffc68f', 'GET /c/:id'],
    ['dates', '/r/2026-11-20', '/r/2026-11-21', 'GET /r/:id'],
    ['named numbers', '/i/order-123456', '/i/order-654321', 'GET /i/:id'],
    ['whole URLs', 'http://a.example/x?y=1', '/x', 'GET /x'],
  ])('takes %s for one route', (_, one, other, route) => {
    expect(routesOf([one, other])).toEqual([route]);
  });

  it.each(['/v1/orders', '/index.html', '/jquery-3.6.0.min.js', '/feedback', '/'])(
    'leaves %s as it is',
    (target) => {
      expect(routesOf([target])).toEqual([`GET ${target}`]);
    },
  );

  it('keeps methods apart', () => {
    const post = access('/orders').replace('GET', 'POST');
    const routes = counted([access('/orders'), post]).filter(({ kind }) => kind === 'route');
    expect(routes.map(({ name }) => name)).toEqual(['GET /orders', 'POST /orders']);
  });

  it('masks what stands in a path, and users', () => {
    const counter = new TrafficCounter({
      maskRoute: (route) => route.replace('hidden', '*'),
      maskUser: () => 'user-1',
    });
    const names = counted([access('/reset/hidden', 200, '', undefined, 'sato')], counter).map(
      ({ name }) => name,
    );
    expect(names).toContain('GET /reset/*');
    expect(names).toContain('user-1');
    expect(names).not.toContain('sato');
  });

  it('opens new rows for the same route in the next batch and period', () => {
    const counter = plainCounter();
    counted([access('/a')], counter);
    const rows = counted(
      [
        access('/a'),
        access('/a', 200, '', '21/Nov/2026:10:06:00'),
        access('/a', 200, '', '21/Nov/2026:10:00:01'),
      ],
      counter,
    ).filter(({ kind }) => kind === 'route');
    expect(rows.map(({ requests }) => requests)).toEqual([1, 1, 1]);
    expect(rows.map(({ name }) => name)).toEqual(['GET /a', 'GET /a', 'GET /a']);
  });

  it('loses none of very many routes in one batch', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => access(`/p/${letters(index)}`));
    const rows = counted(lines);
    const routes = rows.filter(({ kind }) => kind === 'route');
    expect(routes.reduce((sum, { requests }) => sum + (requests ?? 0), 0)).toBe(20_000);
    expect(rows.filter(({ kind }) => kind === 'total')).toMatchObject([{ requests: 20_000 }]);
  });

  it('counts what is no HTTP under no route', () => {
    const rows = counted(['192.0.2.7 - - [21/Nov/2026:10:00:30 +0000] "\\x16\\x03\\x01" 400 0 "-" "-"']);
    expect(rows.filter(({ kind }) => kind === 'route')).toMatchObject([{ name: '-', refusals: 1 }]);
  });

  it.each([
    ['nginx', access('/a', 200, ' 0.012'), 12],
    ['nginx behind a proxy', access('/a', 200, ' "203.0.113.9" 1.500'), 1500],
    ['nginx by name', access('/a', 200, ' rt=0.250 uct="0.001"'), 250],
    ['JSON, request_time', json('"request_time":"0.020"'), 20],
    ['JSON, duration_ms', json('"duration_ms":35.5'), 35.5],
    ['JSON, duration in seconds', json('"duration":0.0015'), 1.5],
    ['JSON, duration with a unit', json('"latency":"830µs"'), 0.83],
    ['JSON, duration in nanoseconds', json('"Duration":1250000'), 1.25],
    ['JSON, response time', json('"responseTime":7'), 7],
    [
      'logfmt',
      'time=2026-11-21T10:00:00Z level=info method=GET path=/a status=200 duration=2.5ms msg=done',
      2.5,
    ],
  ])('reads how long a request took: %s', (_, line, milliseconds) => {
    const parser = createLineParser({ timeZone: 'UTC', year: undefined, clock });
    const place = { sourceId: 'access', stream: 1, offset: 0 };
    const batch = parser.parse(
      new LineDecoder().split(place, Buffer.from(`${line}\n`), undefined),
      undefined,
    );
    expect(batch.durations[0]).toBeCloseTo(milliseconds, 3);
    expect(counted([line]).find(({ kind }) => kind === 'total')).toMatchObject({ timed: 1 });
  });

  it('has no time where the line tells none', () => {
    expect(counted([access('/a')])[0]?.timed).toBe(0);
    expect(counted([access('/a', 200, ' "203.0.113.9"')])[0]?.timed).toBe(0);
  });
});

describe('latency percentiles', () => {
  it('are off by a sixth at most', () => {
    const counts = new Uint32Array(LATENCY_BUCKETS);
    const values = Array.from({ length: 10_000 }, (_, index) => 2 * 1.0008 ** index);
    for (const value of values) counts[latencyBucket(value)] = (counts[latencyBucket(value)] ?? 0) + 1;
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = values[Math.ceil(values.length * share) - 1] ?? 0;
      expect(Math.abs((latencyPercentile(counts, share) ?? 0) / exact - 1)).toBeLessThan(1 / 6);
    }
  });

  it('count a duration in the bucket whose end is not before it', () => {
    for (const value of [0, 0.4, 1, 1.1, 10, 99.99, 100, 74_000]) {
      expect(value).toBeLessThanOrEqual(latencyLimit(latencyBucket(value)) * 1.0001);
    }
    expect(latencyBucket(1e9)).toBe(LATENCY_BUCKETS - 1);
    expect(latencyPercentile([], 0.5)).toBeUndefined();
    expect(KIND.total).toBe(TRAFFIC_KINDS.indexOf('total'));
  });
});

function json(field: string): string {
  return `{"time":"2026-11-21T10:00:00Z","method":"GET","path":"/a","status":200,${field}}`;
}

/** A word of letters alone: a number would be an identifier. */
function letters(number: number): string {
  return number
    .toString(26)
    .split('')
    .map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 26)))
    .join('');
}
