import type { LogLine, TraceAnswer, TraceLine } from '../../../../src-preload/contract/logs.ts';
import { MAX_PAGE_LINES, MAX_TRACE_LINES } from '../../../../src-preload/contract/limits.ts';
import { phraseOf } from '../../../../src-preload/contract/query/print.ts';
import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { FieldReader, LineFields } from '../../flow/field-reader.ts';
import type { LogReader, ReadSignal } from '../types.ts';

/** A trace lasts seconds; clocks of several machines and lines written late lie within a day. */
const AROUND_MS = 86_400_000;
const LATEST = 8.64e15;
/** Names under which lines say how long something took, in milliseconds unless their unit says otherwise. */
const DURATION =
  /^(?:duration|elapsed|took|latency|responsetime|requesttime|timetaken|durationms|elapsedms|latencyms|tookms)(?:ms|us|ns)?$/;
const AMOUNT = /^(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s)?$/i;
const UNIT_MS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000 };

/** Finds the lines of a trace. The id is looked for as text, which the blocks' filters answer, and then taken by its name. */
export class TraceSearch {
  readonly #reader: Pick<LogReader, 'search'>;
  readonly #options: { fields: FieldReader; stopwatch: () => number };

  constructor(reader: Pick<LogReader, 'search'>, options: { fields: FieldReader; stopwatch: () => number }) {
    this.#reader = reader;
    this.#options = options;
  }

  /** Around the line first; everything only where that finds nothing. */
  run(id: string, around: number, signal: ReadSignal): TraceAnswer {
    const started = this.#options.stopwatch();
    const near = { from: Math.max(0, around - AROUND_MS), to: around + AROUND_MS };
    const always = { from: 0, to: LATEST };
    let range = near;
    let found = this.#lines(id, near, signal);
    if (found.lines.length === 0) {
      range = always;
      found = this.#lines(id, always, signal);
    }
    return { ...found, range, elapsedMs: this.#options.stopwatch() - started };
  }

  #lines(id: string, range: TimeRange, signal: ReadSignal): { lines: TraceLine[]; more: boolean } {
    const filter = { text: phraseOf(id), regex: false, range };
    const lines: TraceLine[] = [];
    let cursor: string | undefined;
    do {
      const page = this.#reader.search(filter, 'newer', cursor, MAX_PAGE_LINES, signal);
      for (const line of page.lines) {
        const traced = this.#traced(line, id);
        if (traced !== undefined) lines.push(traced);
      }
      cursor = page.cursor;
    } while (cursor !== undefined && lines.length < MAX_TRACE_LINES);
    return { lines: lines.slice(0, MAX_TRACE_LINES), more: cursor !== undefined };
  }

  /** undefined for a line that only happens to contain the text. */
  #traced(line: LogLine, id: string): TraceLine | undefined {
    const described = this.#options.fields.describe(line.text, line.time, line.sourceId);
    const wanted = id.toLowerCase();
    if (!described.identifiers.some(({ value }) => value.toLowerCase() === wanted)) return undefined;
    const identifier = (kind: string): string | undefined =>
      described.identifiers.find((each) => each.kind === kind)?.value;
    const [spanId, parentSpanId, durationMs] = [
      identifier('span'),
      identifier('parentSpan'),
      durationOf(described),
    ];
    return {
      ...line,
      ...(spanId !== undefined && { spanId }),
      ...(parentSpanId !== undefined && { parentSpanId }),
      ...(durationMs !== undefined && { durationMs }),
    };
  }
}

function durationOf({ fields }: LineFields): number | undefined {
  for (const { name, value } of fields) {
    const last = name
      .slice(name.lastIndexOf('.') + 1)
      .toLowerCase()
      .replaceAll(/[-_]/g, '');
    const named = DURATION.exec(last);
    const amount = named === null ? null : AMOUNT.exec(value);
    if (named === null || amount === null) continue;
    const unit = (amount[2] ?? named[1] ?? 'ms').toLowerCase();
    return Number(amount[1]) * (UNIT_MS[unit] ?? 1);
  }
  return undefined;
}
