import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import { partialSuccess, statusOf } from '../../../../src-main/engine/sources/receive/otlp/answers.ts';
import { logLines } from '../../../../src-main/engine/sources/receive/otlp/logs.ts';
import { MetricIntake } from '../../../../src-main/engine/sources/receive/otlp/metrics.ts';
import { decodeProtobuf, type MessageType } from '../../../../src-main/engine/sources/receive/protobuf.ts';
import { ReceivingEngine } from './receiving-engine.ts';

const NOW = Date.UTC(2026, 10, 21, 10);
const NANOSECONDS = `${NOW}000000`;
const options = { from: '192.0.2.7', now: NOW, classAttribute: 'log.class', labelOf: () => undefined };

const logs = (...logRecords: unknown[]): unknown => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const read = async (record: unknown): Promise<Record<string, unknown>> => {
  const { lines } = await logLines(logs(record), options);
  return JSON.parse(lines[0]?.toString() ?? '') as Record<string, unknown>;
};
const metrics = (...all: unknown[]): unknown => ({ resourceMetrics: [{ scopeMetrics: [{ metrics: all }] }] });
const gauge = (name: string, point: Record<string, unknown> = {}): unknown => ({
  name,
  gauge: { dataPoints: [{ timeUnixNano: NANOSECONDS, asDouble: 1, ...point }] },
});

describe('An OTLP log record', () => {
  test('that says little, gets the time it came and INFO', async () => {
    expect(await read({ body: { stringValue: 'hi' } })).toEqual({
      time: '2026-11-21T10:00:00.000Z',
      severity: 'INFO',
      body: 'hi',
      received: { from: '192.0.2.7' },
    });
  });

  test('with observed time, numbers beyond 53 bits and a body of its own shape, keeps all of it', async () => {
    const observed = await read({
      observedTimeUnixNano: '1763719200123456789',
      severityNumber: 21,
      eventName: 'order.rejected',
      traceId: '0'.repeat(32),
      body: {
        kvlistValue: {
          values: [
            { key: 'id', value: { intValue: '9223372036854775807' } },
            { key: 'nan', value: { doubleValue: 'NaN' } },
            { key: 'none', value: {} },
            { key: 'bytes', value: { bytesValue: 'AAE=' } },
          ],
        },
      },
    });
    expect(observed).toEqual({
      time: '2025-11-21T10:00:00.123456789Z',
      severity: 'FATAL',
      event: 'order.rejected',
      body: { id: '9223372036854775807', nan: 'NaN', none: null, bytes: 'AAE=' },
      received: { from: '192.0.2.7' },
    });
  });

  test('longer than a line may be, is rejected and the rest is taken', async () => {
    const long = { body: { stringValue: 'x'.repeat(1_100_000) } };
    const { lines, rejected } = await logLines(logs(long, { body: { stringValue: 'short' } }), options);
    expect([lines.length, rejected]).toEqual([1, 1]);
  });
});

describe('OTLP data points', () => {
  test('of more series than allowed, are rejected and those known go on', () => {
    const intake = new MetricIntake(2);
    expect(intake.take(metrics(gauge('a'), gauge('b'), gauge('c')), NOW)).toMatchObject({
      rejected: 1,
      reason: 'more than 2 series',
    });
    expect(intake.take(metrics(gauge('a'), gauge('b')), NOW)).toMatchObject({ rejected: 0 });
    expect(intake.state).toEqual({ depth: 2, limit: 2, dropped: 1 });
  });

  test('of a histogram that does not fit, are rejected as a whole', () => {
    const intake = new MetricIntake(3);
    const histogram = {
      name: 'h',
      histogram: {
        dataPoints: [
          { timeUnixNano: NANOSECONDS, count: '3', sum: 6, bucketCounts: ['1', '2'], explicitBounds: [1] },
        ],
      },
    };
    expect(intake.take(metrics(histogram), NOW)).toMatchObject({ samples: [], rejected: 1 });
  });

  test.each([
    ['too old', gauge('a', { timeUnixNano: `${NOW - 700_000}000000` }), 'a point is older than ten minutes'],
    ['of the future', gauge('a', { timeUnixNano: `${NOW + 120_000}000000` }), 'a point is of the future'],
    ['without a name', gauge(''), 'a metric has no name'],
    [
      'under a name of our own',
      gauge('host.cpu.percent'),
      'host_cpu_percent is a name that Yagura uses itself',
    ],
    ['that are no number', gauge('a', { asDouble: 'NaN' }), 'no number'],
  ])('%s, are rejected', (_what, metric, reason) => {
    expect(new MetricIntake(10).take(metrics(metric), NOW)).toEqual({ samples: [], rejected: 1, reason });
  });

  test('without a recorded value, are left out and not rejected', () => {
    const none = new MetricIntake(10).take(metrics(gauge('a', { flags: 1 })), NOW);
    expect(none).toEqual({ samples: [], rejected: 0, reason: '' });
  });

  test('of a summary and of an exponential histogram, keep what a series can hold', () => {
    const summary = {
      name: 'wait.time',
      unit: 's',
      summary: {
        dataPoints: [
          { timeUnixNano: NANOSECONDS, count: '4', sum: 2, quantileValues: [{ quantile: 0.99, value: 0.5 }] },
        ],
      },
    };
    const exponential = {
      name: '9lives',
      exponentialHistogram: { dataPoints: [{ timeUnixNano: NANOSECONDS, count: 2, sum: 3, scale: 1 }] },
    };
    const { samples } = new MetricIntake(10).take(metrics(summary, exponential), NOW);
    expect(samples.map(({ name, labels, value, unit }) => [name, labels, value, unit])).toEqual([
      ['wait_time', { quantile: '0.99' }, 0.5, 'seconds'],
      ['wait_time_sum', {}, 2, 'seconds'],
      ['wait_time_count', {}, 4, 'count'],
      ['_9lives_sum', {}, 3, 'count'],
      ['_9lives_count', {}, 2, 'count'],
    ]);
  });
});

describe('Answers of OTLP', () => {
  const PARTIAL: MessageType = {
    1: { name: 'rejected', kind: 'int64' },
    2: { name: 'message', kind: 'string' },
  };
  const RESPONSE: MessageType = { 1: { name: 'partialSuccess', kind: () => PARTIAL } };

  test('tell what was rejected in both encodings, and nothing where all was taken', () => {
    const json = partialSuccess('rejectedDataPoints', 300, 'why', 'application/json');
    expect(JSON.parse(String(json.body))).toEqual({
      partialSuccess: { rejectedDataPoints: '300', errorMessage: 'why' },
    });
    const protobuf = partialSuccess('rejectedDataPoints', 300, 'why', 'application/x-protobuf');
    expect(decodeProtobuf(Buffer.from(protobuf.body), RESPONSE)).toEqual({
      partialSuccess: { rejected: 300n, message: 'why' },
    });
    expect(partialSuccess('rejectedLogRecords', 0, '', 'application/json').body).toBe('{}');
    expect(partialSuccess('rejectedLogRecords', 0, '', 'application/x-protobuf').body).toHaveLength(0);
    expect(decodeProtobuf(Buffer.from(statusOf('no', 'application/x-protobuf').body), PARTIAL)).toEqual({
      message: 'no',
    });
  });

  describe('from an engine', () => {
    let engine: ReceivingEngine;
    let send: (path: string, body: string | Buffer<ArrayBuffer>, type?: string) => Promise<Response>;
    beforeAll(async () => {
      engine = await ReceivingEngine.start(['otlp']);
      const url = `http://127.0.0.1:${await engine.portOf('otlp')}`;
      const Authorization = `Bearer ${await engine.token()}`;
      send = (path, body, type = 'application/json; charset=utf-8') =>
        fetch(url + path, { method: 'POST', body, headers: { Authorization, 'Content-Type': type } });
    });
    afterAll(() => engine.stop());

    test('to bodies that are none, are errors in the words of the protocol', async () => {
      const broken = await send('/v1/logs', '{"resourceLogs":');
      expect([broken.status, await broken.json()]).toEqual([400, { message: 'the body is not JSON' }]);
      expect((await send('/v1/logs', '['.repeat(1000))).status).toBe(400);
      expect((await send('/v1/metrics', `{"a":[${'{},'.repeat(600_000)}{}]}`)).status).toBe(413);
      const protobuf = await send('/v1/metrics', Buffer.from([0xff]), 'application/x-protobuf');
      expect([protobuf.status, protobuf.headers.get('content-type')]).toEqual([
        400,
        'application/x-protobuf',
      ]);
      expect((await send('/v1/logs', '{}', 'text/plain')).status).toBe(415);
      expect((await send('/v1/traces', '{}')).status).toBe(404);
    });

    test('to points in part refused, are successes that say so', async () => {
      const time = `${Date.now()}000000`;
      const some = metrics(
        gauge('queue.depth', { timeUnixNano: time }),
        gauge('yagura_fake', { timeUnixNano: time }),
      );
      const response = await send('/v1/metrics', JSON.stringify(some));
      expect([response.status, await response.json()]).toEqual([
        200,
        {
          partialSuccess: {
            rejectedDataPoints: '1',
            errorMessage: 'yagura_fake is a name that Yagura uses itself',
          },
        },
      ]);
      const catalogue = await engine.client.metrics.catalogue(undefined, callLimit());
      expect(catalogue.filter(({ name }) => name === 'queue_depth')).toHaveLength(1);
      expect(await engine.listener('otlp')).toMatchObject({ received: 1, dropsBy: { series: 1 } });
    });

    test('to a record of an HTTP request, come with its fields known', async () => {
      const attributes = Object.entries({
        'client.address': '198.51.100.9',
        'http.request.method': 'GET',
        'url.path': '/known-e',
        'http.response.status_code': '503',
      });
      const record = {
        timeUnixNano: `${Date.now()}000000`,
        body: { stringValue: 'served' },
        attributes: attributes.map(([key, stringValue]) => ({ key, value: { stringValue } })),
      };
      await send('/v1/logs', JSON.stringify(logs(record)));
      const { lines } = await engine.client.logs.search({ filter: { text: 'known-e' } }, callLimit());
      expect(lines[0]).toMatchObject({ address: '198.51.100.9', level: 3 });
    });
  });
});
