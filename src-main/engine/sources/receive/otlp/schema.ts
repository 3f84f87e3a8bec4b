import type { MessageType } from '../protobuf.ts';

/*
 * The messages of OTLP 1.x that are read, by field number: opentelemetry-proto's collector/logs/v1, collector/metrics/v1,
 * logs/v1, metrics/v1, common/v1, resource/v1. Left out, and so skipped: schema URLs, exemplars, start times, counts of
 * attributes that the sender left out.
 */

const anyValue: MessageType = {
  1: { name: 'stringValue', kind: 'string' },
  2: { name: 'boolValue', kind: 'bool' },
  3: { name: 'intValue', kind: 'int64' },
  4: { name: 'doubleValue', kind: 'double' },
  5: { name: 'arrayValue', kind: () => arrayValue },
  6: { name: 'kvlistValue', kind: () => keyValueList },
  7: { name: 'bytesValue', kind: 'bytes' },
};
const keyValue: MessageType = {
  1: { name: 'key', kind: 'string' },
  2: { name: 'value', kind: () => anyValue },
};
const arrayValue: MessageType = { 1: { name: 'values', kind: () => anyValue, many: true } };
const keyValueList: MessageType = { 1: { name: 'values', kind: () => keyValue, many: true } };
const attributes = { name: 'attributes', kind: () => keyValue, many: true } as const;

const resource: MessageType = { 1: attributes };
const scope: MessageType = {
  1: { name: 'name', kind: 'string' },
  2: { name: 'version', kind: 'string' },
};

const logRecord: MessageType = {
  1: { name: 'timeUnixNano', kind: 'fixed64' },
  2: { name: 'severityNumber', kind: 'int64' },
  3: { name: 'severityText', kind: 'string' },
  5: { name: 'body', kind: () => anyValue },
  6: attributes,
  9: { name: 'traceId', kind: 'hex' },
  10: { name: 'spanId', kind: 'hex' },
  11: { name: 'observedTimeUnixNano', kind: 'fixed64' },
  12: { name: 'eventName', kind: 'string' },
};
const scopeLogs: MessageType = {
  1: { name: 'scope', kind: () => scope },
  2: { name: 'logRecords', kind: () => logRecord, many: true },
};
const resourceLogs: MessageType = {
  1: { name: 'resource', kind: () => resource },
  2: { name: 'scopeLogs', kind: () => scopeLogs, many: true },
};
export const LOGS_REQUEST: MessageType = {
  1: { name: 'resourceLogs', kind: () => resourceLogs, many: true },
};

const flags = { name: 'flags', kind: 'uint32' } as const;
const time = { name: 'timeUnixNano', kind: 'fixed64' } as const;
const count = { name: 'count', kind: 'fixed64' } as const;
const sum = { name: 'sum', kind: 'double' } as const;

const numberPoint: MessageType = {
  3: time,
  4: { name: 'asDouble', kind: 'double' },
  6: { name: 'asInt', kind: 'sfixed64' },
  7: attributes,
  8: flags,
};
const histogramPoint: MessageType = {
  3: time,
  4: count,
  5: sum,
  6: { name: 'bucketCounts', kind: 'fixed64', many: true },
  7: { name: 'explicitBounds', kind: 'double', many: true },
  9: attributes,
  10: flags,
};
const exponentialPoint: MessageType = { 1: attributes, 3: time, 4: count, 5: sum, 10: flags };
const quantile: MessageType = {
  1: { name: 'quantile', kind: 'double' },
  2: { name: 'value', kind: 'double' },
};
const summaryPoint: MessageType = {
  3: time,
  4: count,
  5: sum,
  6: { name: 'quantileValues', kind: () => quantile, many: true },
  7: attributes,
  8: flags,
};

const pointsOf = (point: MessageType): MessageType => ({
  1: { name: 'dataPoints', kind: () => point, many: true },
  2: { name: 'aggregationTemporality', kind: 'int64' },
  3: { name: 'isMonotonic', kind: 'bool' },
});
const gauges = pointsOf(numberPoint);
const histograms = pointsOf(histogramPoint);
const exponentials = pointsOf(exponentialPoint);
const summaries = pointsOf(summaryPoint);
const metric: MessageType = {
  1: { name: 'name', kind: 'string' },
  3: { name: 'unit', kind: 'string' },
  5: { name: 'gauge', kind: () => gauges },
  7: { name: 'sum', kind: () => gauges },
  9: { name: 'histogram', kind: () => histograms },
  10: { name: 'exponentialHistogram', kind: () => exponentials },
  11: { name: 'summary', kind: () => summaries },
};
const scopeMetrics: MessageType = { 2: { name: 'metrics', kind: () => metric, many: true } };
const resourceMetrics: MessageType = {
  1: { name: 'resource', kind: () => resource },
  2: { name: 'scopeMetrics', kind: () => scopeMetrics, many: true },
};
export const METRICS_REQUEST: MessageType = {
  1: { name: 'resourceMetrics', kind: () => resourceMetrics, many: true },
};
