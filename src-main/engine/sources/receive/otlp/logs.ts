import { createBreath } from '../breath.ts';
import { originOf, MAX_RECORD_BYTES } from '../json-records.ts';
import type { LabelFinder } from '../labels.ts';
import { asBigInt, asList, asObject, asText, attributesOf, plainValue, type PlainValue } from './values.ts';

export interface LogLines {
  lines: Buffer[];
  /** Records longer than a line may be. */
  rejected: number;
}

export interface LogLinesOptions {
  from: string;
  now: number;
  /** Resource attribute that may name the class. */
  classAttribute: string;
  labelOf: LabelFinder;
}

/** OTLP's ranges of severity (logs data model): four numbers each, from 1. */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * An ExportLogsServiceRequest as one JSON line a record: `time`, `severity`, `body`, `trace_id`, `span_id`, `attributes`,
 * `resource`, `scope`, `event`, and `received` as every received line has it.
 * @param request as JSON, or decoded from protobuf: the same shape
 */
export async function logLines(request: unknown, options: LogLinesOptions): Promise<LogLines> {
  const result: LogLines = { lines: [], rejected: 0 };
  const breathe = createBreath();
  for (const ofResource of asList(asObject(request)['resourceLogs'])) {
    const { resource, scopeLogs } = asObject(ofResource);
    const about = attributesOf(asObject(resource)['attributes']);
    const label = options.labelOf({
      named: options.classAttribute === '' ? undefined : about[options.classAttribute],
      program: asText(about['service.name']),
    });
    const received = originOf(options.from, label);
    for (const ofScope of asList(scopeLogs)) {
      const { scope, logRecords } = asObject(ofScope);
      const scopeName = asText(asObject(scope)['name']);
      for (const record of asList(logRecords)) {
        await breathe();
        const line = Buffer.from(
          `${JSON.stringify({ ...recordOf(asObject(record), options.now), ...named('resource', about), ...(scopeName === '' ? {} : { scope: scopeName }), received })}\n`,
        );
        if (line.length > MAX_RECORD_BYTES) result.rejected += 1;
        else result.lines.push(line);
      }
    }
  }
  return result;
}

function recordOf(record: Record<string, unknown>, now: number): Record<string, PlainValue> {
  const { number, text } = severityOf(record);
  const trace = asText(record['traceId']).toLowerCase();
  const span = asText(record['spanId']).toLowerCase();
  const event = asText(record['eventName']);
  return {
    time: timeOf(record, now),
    severity: number ?? (text === '' ? 'INFO' : text),
    ...(number !== undefined && text !== '' && text.toUpperCase() !== number ? { severity_text: text } : {}),
    body: plainValue(record['body']),
    ...(isId(trace, 32) ? { trace_id: trace } : {}),
    ...(isId(span, 16) ? { span_id: span } : {}),
    ...(event === '' ? {} : { event }),
    ...named('attributes', attributesOf(record['attributes'])),
  };
}

function named(name: string, values: Record<string, PlainValue>): Record<string, PlainValue> {
  return Object.keys(values).length === 0 ? {} : { [name]: values };
}

function severityOf(record: Record<string, unknown>): { number: string | undefined; text: string } {
  const number = Number(asBigInt(record['severityNumber']));
  const name = number >= 1 && number <= 24 ? SEVERITIES[Math.floor((number - 1) / 4)] : undefined;
  return { number: name, text: asText(record['severityText']).slice(0, 100) };
}

/** When it happened, else when it was seen, else now; to the nanosecond, as it was sent. */
function timeOf(record: Record<string, unknown>, now: number): string {
  for (const key of ['timeUnixNano', 'observedTimeUnixNano']) {
    const nanoseconds = asBigInt(record[key]);
    const seconds = Number(nanoseconds / 1_000_000_000n);
    // Up to the year 9999, whose stamps have four digits.
    if (nanoseconds <= 0n || seconds > 253_402_300_799) continue;
    const fraction = String(nanoseconds % 1_000_000_000n).padStart(9, '0');
    return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
  }
  return new Date(now).toISOString();
}

/** All zeros means none (W3C trace context). */
function isId(text: string, digits: number): boolean {
  return text.length === digits && /^[0-9a-f]+$/.test(text) && /[^0]/.test(text);
}
