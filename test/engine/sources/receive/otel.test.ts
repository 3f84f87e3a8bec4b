import { context, SeverityNumber, trace, TraceFlags, ROOT_CONTEXT } from '@opentelemetry/api';
import { OTLPLogExporter as JsonLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter as JsonMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callLimit } from '../../../../src-main/wire/engine-client.ts';
import { ReceivingEngine } from './receiving-engine.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';

describe('A real OpenTelemetry exporter', () => {
  let engine: ReceivingEngine;
  let url: string;
  let headers: Record<string, string>;

  beforeAll(async () => {
    engine = await ReceivingEngine.start(['otlp'], { classes: [{ program: 'matching', class: 'trading' }] });
    url = `http://127.0.0.1:${await engine.portOf('otlp')}`;
    headers = { Authorization: `Bearer ${await engine.token()}` };
  });
  afterAll(() => engine.stop());

  test.each([
    ['JSON', JsonLogExporter, 'none' as const],
    ['JSON with gzip', JsonLogExporter, 'gzip' as const],
    ['protobuf', ProtobufLogExporter, 'none' as const],
    ['protobuf with gzip', ProtobufLogExporter, 'gzip' as const],
  ])('sends logs as %s, and each is a line that can be searched', async (name, Exporter, compression) => {
    // The SDK's type of it is a const enum, which is not there when types are only taken off.
    const exporter = new Exporter({ url: `${url}/v1/logs`, headers, ...{ compression } } as object);
    const provider = new LoggerProvider({
      resource: resourceFromAttributes({ 'service.name': 'matching', 'host.name': 'desk01' }),
      processors: [new BatchLogRecordProcessor({ exporter })],
    });
    const span = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      traceFlags: TraceFlags.SAMPLED,
    });
    const word = `sent-as-${name.replaceAll(' ', '-')}`;
    provider.getLogger('orders').emit({
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARNING',
      body: `order rejected ${word}`,
      attributes: { 'order.id': 9_007_199_254_740_991, price: 12.5, live: true, legs: ['a', 'b'] },
      timestamp: new Date(),
      context: span,
    });
    await provider.forceFlush();
    await provider.shutdown();
    const [line = ''] = await engine.until(word, 1);
    expect(JSON.parse(line)).toEqual({
      time: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:]+\.\d{9}Z$/) as string,
      severity: 'WARN',
      severity_text: 'WARNING',
      body: `order rejected ${word}`,
      trace_id: TRACE_ID,
      span_id: SPAN_ID,
      attributes: { 'order.id': 9_007_199_254_740_991, price: 12.5, live: true, legs: ['a', 'b'] },
      resource: expect.objectContaining({ 'service.name': 'matching', 'host.name': 'desk01' }) as object,
      scope: 'orders',
      received: { from: '127.0.0.1', class: 'trading' },
    });
    const { lines } = await engine.client.logs.search(
      { filter: { text: word, severities: ['warning'] } },
      callLimit(),
    );
    expect(lines).toHaveLength(1);
    expect(context.active()).toBe(ROOT_CONTEXT);
  });

  test.each([
    ['cumulative as JSON', JsonMetricExporter, AggregationTemporalityPreference.CUMULATIVE],
    ['delta as JSON', JsonMetricExporter, AggregationTemporalityPreference.DELTA],
    ['cumulative as protobuf', ProtobufMetricExporter, AggregationTemporalityPreference.CUMULATIVE],
    ['delta as protobuf', ProtobufMetricExporter, AggregationTemporalityPreference.DELTA],
  ])('sends metrics %s, and counters grow in the store', async (name, Exporter, temporalityPreference) => {
    const prefix = name.replaceAll(' ', '_');
    const exporter = new Exporter({ url: `${url}/v1/metrics`, headers, temporalityPreference });
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'pricing', 'service.instance.id': 'p1' }),
      readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
    });
    const meter = provider.getMeter('test');
    const orders = meter.createCounter(`${prefix}.orders`, { unit: '1' });
    const latency = meter.createHistogram(`${prefix}.latency`, {
      unit: 's',
      advice: { explicitBucketBoundaries: [0.1, 1] },
    });
    meter
      .createObservableGauge(`${prefix}.depth`, { unit: 'By' })
      .addCallback((result) => result.observe(-3.5, { 'queue.name': 'in' }));
    orders.add(2, { side: 'buy' });
    for (const value of [0.0625, 0.5, 5]) latency.record(value);
    await provider.forceFlush();
    orders.add(3, { side: 'buy' });
    latency.record(0.0625);
    await provider.forceFlush();
    await provider.shutdown();

    const catalogue = await engine.client.metrics.catalogue(undefined, callLimit());
    const found = new Map(
      catalogue
        .filter((series) => series.name.startsWith(prefix))
        .map(({ name: full, labels, lastValue, unit }) => [
          `${full.slice(prefix.length + 1)} ${labels['le'] ?? labels['side'] ?? labels['queue_name'] ?? ''}`.trim(),
          [lastValue, unit],
        ]),
    );
    expect(Object.fromEntries(found)).toEqual({
      'orders buy': [5, 'count'],
      'depth in': [-3.5, 'bytes'],
      'latency_bucket 0.1': [2, 'count'],
      'latency_bucket 1': [3, 'count'],
      'latency_bucket +Inf': [4, 'count'],
      latency_sum: [5.625, 'seconds'],
      latency_count: [4, 'count'],
    });
    expect(catalogue.find((series) => series.name === `${prefix}_orders`)?.labels).toEqual({
      side: 'buy',
      job: 'pricing',
      instance: 'p1',
    });
  });

  test('without the token, is turned away and counted', async () => {
    const before = (await engine.listener('otlp')).dropsBy.unauthorized ?? 0;
    const response = await fetch(`${url}/v1/logs`, {
      method: 'POST',
      body: '{}',
      headers: { Authorization: 'Bearer wrong', 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(401);
    expect((await engine.listener('otlp')).dropsBy.unauthorized).toBe(before + 1);
  });
});
