import type { TrafficAnswer, TrafficQuestion } from '../../src-preload/contract/traffic.ts';

const NAMES = {
  route: ['GET /api/orders/:id', 'POST /api/orders', 'GET /static/app.js'],
  client: ['192.0.2.7', '203.0.113.9'],
  status: ['200', '503'],
  user: ['sato'],
};

/** Traffic of an hour in which every fiftieth request fails. */
export function trafficAnswer({ range, by }: TrafficQuestion): TrafficAnswer {
  const times = Array.from({ length: 60 }, (_, index) => range.to - (60 - index) * 60_000);
  const figures = {
    requests: 3000,
    errors: 60,
    refusals: 30,
    bytes: 3e7,
    timed: 3000,
    p50: 12,
    p95: 80,
    p99: 900,
  };
  return {
    totals: figures,
    series: {
      stepMs: 60_000,
      times,
      requests: times.map(() => 50),
      errors: times.map(() => 1),
      p50: times.map(() => 12),
      p95: times.map(() => 80),
      p99: times.map(() => 900),
    },
    rows: NAMES[by].map((name, index) => ({ ...figures, name, requests: 1500 / (index + 1), errors: index })),
    others: { ...figures, requests: 100 },
    rowsRange: range,
  };
}
