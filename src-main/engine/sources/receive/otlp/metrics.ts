import type { Unit } from '../../../../../src-preload/contract/metrics.ts';
import { seriesId, type MetricSample } from '../../../flow/metric.ts';
import { asBigInt, asList, asNumber, asObject, asText, attributesOf, type PlainValue } from './values.ts';

/** What the series of a data point have in common. */
interface PointContext {
  name: string;
  unit: Unit;
  labels: Record<string, string>;
  delta: boolean;
}

export interface MetricPoints {
  samples: MetricSample[];
  /** Data points that were not taken, and why the last was not (for the sender, in English). */
  rejected: number;
  reason: string;
}

const DELTA = 1n;
/** Points older than this lie in hours that are sealed; newer than now by more is a wrong clock. */
const OLDEST_MS = 10 * 60_000;
const NEWEST_MS = 60_000;
/** As the contract lets series be asked for. */
const MAX_NAME = 200;
const MAX_LABELS = 30;
const MAX_LABEL_NAME = 100;
const MAX_LABEL_VALUE = 500;
const MAX_BUCKETS = 200;
/** Names of what Yagura measures itself: nobody else may write those. */
const OWN_NAME = /^(host|yagura|traffic)_/;

/** UCUM units as OpenTelemetry uses them; any other is shown as a plain number. */
const UNITS: Readonly<Record<string, Unit>> = {
  '%': 'percent',
  By: 'bytes',
  'By/s': 'bytesPerSecond',
  s: 'seconds',
  h: 'hours',
  '1/s': 'perSecond',
  '{request}/s': 'perSecond',
};

/**
 * Turns OTLP data points into samples, named as Prometheus names them: letters, digits and `_`; a histogram becomes
 * `_bucket` (by `le`, cumulative), `_sum` and `_count`; a summary `{quantile}`, `_sum` and `_count`; of an exponential
 * histogram only sum and count are kept. `service.name` becomes `job`, `service.instance.id` `instance`. Points of delta
 * temporality are added up, so that every counter only ever grows.
 */
export class MetricIntake {
  readonly #series = new Map<string, number>();
  #limit: number;
  #refused = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  setLimit(limit: number): void {
    this.#limit = limit;
  }

  /** Series known, the limit, and points refused beyond it. */
  get state(): { depth: number; limit: number; dropped: number } {
    return { depth: this.#series.size, limit: this.#limit, dropped: this.#refused };
  }

  /** @param request an ExportMetricsServiceRequest as JSON, or decoded from protobuf: the same shape */
  take(request: unknown, now: number): MetricPoints {
    const result: MetricPoints = { samples: [], rejected: 0, reason: '' };
    for (const ofResource of asList(asObject(request)['resourceMetrics'])) {
      const { resource, scopeMetrics } = asObject(ofResource);
      const about = attributesOf(asObject(resource)['attributes']);
      for (const ofScope of asList(scopeMetrics))
        for (const metric of asList(asObject(ofScope)['metrics']))
          this.#metric(asObject(metric), ofService(about), now, result);
    }
    return result;
  }

  #metric(
    metric: Record<string, unknown>,
    service: Record<string, string>,
    now: number,
    result: MetricPoints,
  ): void {
    const name = prometheusName(asText(metric['name'])).slice(0, MAX_NAME - '_bucket'.length);
    for (const kind of ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'] as const) {
      const data = asObject(metric[kind]);
      for (const each of asList(data['dataPoints'])) {
        const point = asObject(each);
        const time = Number(asBigInt(point['timeUnixNano']) / 1_000_000n);
        const reason = refusal(name, time, now);
        if (reason !== undefined) {
          reject(result, reason);
          continue;
        }
        // Bit 0: the sender has no value for this time. A gap, as everywhere.
        if (asNumber(point['flags']) % 2 === 1) continue;
        const context: PointContext = {
          name,
          unit: UNITS[asText(metric['unit'])] ?? 'count',
          labels: { ...labelsOf(attributesOf(point['attributes'])), ...service },
          delta: kind !== 'gauge' && asBigInt(data['aggregationTemporality']) === DELTA,
        };
        // Exporters stamp to the nanosecond; a second is as fine as anything here is drawn.
        this.#point(kind, point, context, Math.floor(time / 1000) * 1000, result);
      }
    }
  }

  /** All samples of a point or none: half a histogram says something false. */
  #point(
    kind: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary',
    point: Record<string, unknown>,
    context: PointContext,
    time: number,
    result: MetricPoints,
  ): void {
    const { name, unit, labels } = context;
    const values: { name: string; labels: Record<string, string>; unit: Unit; value: number }[] = [];
    const add = (suffix: string, value: number, more: Record<string, string> = {}, of: Unit = unit): void => {
      values.push({ name: name + suffix, labels: { ...labels, ...more }, unit: of, value });
    };
    if (kind === 'gauge' || kind === 'sum')
      add('', point['asInt'] === undefined ? asNumber(point['asDouble']) : Number(asBigInt(point['asInt'])));
    else {
      for (const { le, count } of kind === 'histogram' ? buckets(point) : [])
        add('_bucket', count, { le }, 'count');
      for (const each of kind === 'summary' ? asList(point['quantileValues']).slice(0, MAX_BUCKETS) : []) {
        const { quantile, value } = asObject(each);
        add('', asNumber(value ?? 0), { quantile: String(asNumber(quantile ?? 0)) });
      }
      if (point['sum'] !== undefined) add('_sum', asNumber(point['sum']));
      add('_count', Number(asBigInt(point['count'])), {}, 'count');
    }
    const finite = values.filter(({ value }) => Number.isFinite(value));
    const ids = finite.map((each) => seriesId(each));
    const fresh = new Set(ids.filter((id) => !this.#series.has(id)));
    if (finite.length === 0) reject(result, 'no number');
    else if (this.#series.size + fresh.size > this.#limit) {
      this.#refused += 1;
      reject(result, `more than ${this.#limit} series`);
    } else
      for (const [index, each] of finite.entries())
        result.samples.push({
          ...each,
          time,
          value: this.#whole(ids[index] ?? '', each.value, context.delta),
        });
  }

  /** A counter's value: as sent, or what was sent so far together. */
  #whole(id: string, value: number, delta: boolean): number {
    const whole = delta ? (this.#series.get(id) ?? 0) + value : value;
    this.#series.set(id, whole);
    return whole;
  }
}

function reject(result: MetricPoints, reason: string): void {
  result.rejected += 1;
  result.reason = reason;
}

function refusal(name: string, time: number, now: number): string | undefined {
  if (name === '') return 'a metric has no name';
  if (OWN_NAME.test(name)) return `${name} is a name that Yagura uses itself`;
  if (time < now - OLDEST_MS) return 'a point is older than ten minutes';
  return time > now + NEWEST_MS ? 'a point is of the future' : undefined;
}

/** Counts at or below each bound, as Prometheus counts; OTLP counts those between two bounds. */
function buckets(point: Record<string, unknown>): { le: string; count: number }[] {
  const bounds = asList(point['explicitBounds']);
  const counts = asList(point['bucketCounts']);
  // Of what does not fit together, or is too much to draw, sum and count are left.
  if (bounds.length > MAX_BUCKETS || counts.length !== bounds.length + 1) return [];
  let total = 0;
  return counts.map((count, index) => {
    total += Number(asBigInt(count));
    const bound = bounds[index];
    return { le: bound === undefined ? '+Inf' : String(asNumber(bound)), count: total };
  });
}

function ofService(resource: Record<string, PlainValue>): Record<string, string> {
  const { 'service.name': job, 'service.instance.id': instance } = resource;
  return {
    ...(job === undefined ? {} : { job: labelValue(job) }),
    ...(instance === undefined ? {} : { instance: labelValue(instance) }),
  };
}

function labelsOf(attributes: Record<string, PlainValue>): Record<string, string> {
  const labels = Object.entries(attributes)
    .slice(0, MAX_LABELS)
    .map(
      ([name, value]) => [prometheusName(name).slice(0, MAX_LABEL_NAME) || '_', labelValue(value)] as const,
    );
  return Object.fromEntries(labels);
}

function labelValue(value: PlainValue): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_LABEL_VALUE);
}

/** Letters, digits, `_` and `:`, not beginning with a digit (OpenMetrics). */
function prometheusName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_:]/g, '_');
  return /^\d/.test(plain) ? `_${plain}` : plain;
}
