import type { LogLine, LogSource } from '../../../src-preload/contract/logs.ts';
import { systemClock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import type { LogSources, ReaderStates } from '../log-sources.ts';
import { createFieldReader } from '../parse/field-reader.ts';
import type { Masker } from '../parse/mask.ts';
import type { ReaderPool } from '../store/read/reader-pool.ts';
import type { FindingStore } from '../store/state/findings.ts';
import { complete } from './complete.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';
import { lineMatcher } from './line-matcher.ts';

export interface LogsParts {
  readers: ReaderPool;
  findings: FindingStore;
  sources: LogSources;
  sourceStates: ReaderStates;
  tail: Feed<LogLine>;
  masker: () => Masker;
}

/** Neighbours of a line come from the reader; everything that reads history runs in the reader threads. */
export function logsRouter(parts: LogsParts) {
  const { readers, sources, sourceStates } = parts;
  const fields = createFieldReader(systemClock);
  const one = (id: string): LogSource => {
    const source = sources.list(sourceStates).find((each) => each.id === id);
    if (source === undefined) throw notFound('logs.source.notFound', id);
    return source;
  };
  return {
    search: api.logs.search.handler(({ input, signal }) =>
      readers.search(input.filter, input.direction, input.cursor, input.limit, {
        signal,
        budgetMs: input.budgetMs,
      }),
    ),
    count: api.logs.count.handler(({ input: { filter, cursor, budgetMs }, signal }) =>
      readers.count(filter, { signal, cursor, budgetMs }),
    ),
    histogram: api.logs.histogram.handler(({ input, signal }) => {
      const { filter, range, buckets, cursor, budgetMs } = input;
      return readers.histogram(filter, range, buckets, { signal, cursor, budgetMs });
    }),
    complete: api.logs.complete.handler(({ input, signal }) =>
      complete(input.text, input.caret, {
        names: () => readers.fieldNames({ signal }),
        values: (name) => readers.fieldValues(name, { signal }),
        sources: () => sources.list(sourceStates),
      }),
    ),
    patterns: api.logs.patterns.handler(({ input: { filter, range, limit, budgetMs }, signal }) =>
      readers.patterns(filter, range, limit, { signal, budgetMs }),
    ),
    trace: api.logs.trace.handler(({ input, signal }) => readers.trace(input.id, input.around, { signal })),
    context: api.logs.context.handler(async ({ input, signal }) => ({
      lines: await readers.context(input.id, input.before, input.after, { signal }),
    })),
    line: api.logs.line.handler(async ({ input, signal }) => {
      const line = await readers.line(input.id, { signal });
      if (line === undefined) throw notFound('logs.lineGone', input.id);
      return {
        line,
        ...fields.describe(line.text, line.time),
        findingIds: parts.findings.ofLine(line.sourceId, line.time, line.text),
      };
    }),
    tail: api.logs.tail.handler(({ input, signal }) =>
      parts.tail.subscribe({ signal, accept: lineMatcher(input.filter, { fields, now: systemClock.now() }) }),
    ),
    sources: api.logs.sources.handler(() => sources.list(sourceStates)),
    addSource: api.logs.addSource.handler(({ input }) =>
      one(sources.add(input.path, input.logClass, input.timeZone)),
    ),
    setSourceEnabled: api.logs.setSourceEnabled.handler(({ input }) => {
      sources.setEnabled(input.id, input.enabled);
      return one(input.id);
    }),
    removeSource: api.logs.removeSource.handler(({ input }) => {
      sources.remove(input.id);
      return {};
    }),
    previewMasking: api.logs.previewMasking.handler(({ input }) => parts.masker().preview(input.text)),
  };
}

function notFound(key: string, id: string): FailureError {
  return new FailureError({ kind: 'NOT_FOUND', message: { key, parameters: { id } } });
}
