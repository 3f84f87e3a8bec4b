import type { ReceiverSettings } from '../../../../src-preload/contract/receiver.ts';
import type { MetricSample } from '../../flow/metric.ts';
import { Refusal } from './http-body.ts';
import { plainRefusal, type HttpAnswer, type HttpRoute } from './http-listener.ts';
import { jsonLines } from './json-records.ts';
import type { ListenerContext } from './listener.ts';
import { partialSuccess, statusOf } from './otlp/answers.ts';
import { logLines } from './otlp/logs.ts';
import type { MetricIntake } from './otlp/metrics.ts';
import { readRequest } from './otlp/request.ts';
import { LOGS_REQUEST, METRICS_REQUEST } from './otlp/schema.ts';

const FULL = 'the queue is full';

/** `POST /v1/lines`: records as JSON. */
export function jsonRoutes(context: ListenerContext): Map<string, HttpRoute> {
  const { classField } = context.settings.http;
  const lines: HttpRoute = {
    async take(body, { from }) {
      const records = await jsonLines(body, { from, classField, labelOf: context.labelOf });
      if (!Array.isArray(records)) {
        const { kind, record, reason } = records;
        throw new Refusal(kind === 'tooLarge' ? 413 : 400, `record ${record}: ${reason}`);
      }
      await store(records, from, context);
      return { type: 'application/json', body: JSON.stringify({ accepted: records.length }) };
    },
    refuse: plainRefusal,
  };
  return new Map([['/v1/lines', lines]]);
}

export interface OtlpParts {
  metrics: MetricIntake;
  /** Keeps samples; durable when it returns. Throws where they can't be kept. */
  keep: (samples: MetricSample[]) => void;
  settings: ReceiverSettings['otlp'];
}

/** `POST /v1/logs` and `POST /v1/metrics` of OTLP/HTTP, as JSON or protobuf. */
export function otlpRoutes(context: ListenerContext, parts: OtlpParts): Map<string, HttpRoute> {
  const { clock, gate, labelOf, tally } = context;
  const { classAttribute } = parts.settings;
  const refuse = (refusal: Refusal, contentType: string): HttpAnswer =>
    statusOf(refusal.message, contentType);
  const logs: HttpRoute = {
    async take(body, { from, contentType }) {
      const request = readRequest(body, contentType, LOGS_REQUEST);
      const { lines, rejected } = await logLines(request, {
        from,
        now: clock.now(),
        classAttribute,
        labelOf,
      });
      await store(lines, from, context);
      if (rejected > 0) tally.drop('tooLarge', clock.now(), rejected);
      return partialSuccess('rejectedLogRecords', rejected, 'a record is too large', contentType);
    },
    refuse,
  };
  const metrics: HttpRoute = {
    take(body, { from, contentType }) {
      const request = readRequest(body, contentType, METRICS_REQUEST);
      const wait = gate.take(from, 1, performance.now());
      if (wait > 0) throw tooFast(wait);
      const { samples, rejected, reason } = parts.metrics.take(request, clock.now());
      parts.keep(samples);
      tally.take(from, clock.now(), samples.length);
      if (rejected > 0) tally.drop('series', clock.now(), rejected);
      return Promise.resolve(partialSuccess('rejectedDataPoints', rejected, reason, contentType));
    },
    refuse,
  };
  return new Map([
    ['/v1/logs', logs],
    ['/v1/metrics', metrics],
  ]);
}

/** Resolves when all lines are durable. @throws Refusal when they have to be sent again */
async function store(lines: Buffer[], from: string, context: ListenerContext): Promise<void> {
  const { clock, gate, queue, tally } = context;
  if (lines.length === 0) return;
  const wait = gate.take(from, lines.length, performance.now());
  if (wait > 0) throw tooFast(wait);
  const stored = queue.store(lines);
  if (stored === undefined) throw new Refusal(503, FULL, 1);
  if (!(await stored)) throw new Refusal(503, 'it could not be stored', 5);
  tally.take(from, clock.now(), lines.length);
}

function tooFast(milliseconds: number): Refusal {
  return new Refusal(429, 'more than this address may send a second', Math.ceil(milliseconds / 1000));
}
