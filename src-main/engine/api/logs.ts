import { logFilterSchema } from '../../../src-preload/contract/log-filter.ts';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import type { AuditTrail } from '../flow/audit-trail.ts';
import { systemClock } from '../flow/clock.ts';
import { FailureError } from '../flow/failure.ts';
import type { OutboundLog } from '../flow/outbound.ts';
import type { Archiving } from '../archiving.ts';
import type { LogSources, ReaderStates } from '../log-sources.ts';
import { compiledBySource, compiledFormats } from '../own-formats.ts';
import { previewFormat } from '../parse/custom/preview.ts';
import { suggestPattern } from '../parse/custom/suggest.ts';
import { describeLine } from '../parse/describe.ts';
import { exportedPage, recordExport } from '../log-export.ts';
import type { Masking } from '../export-masking.ts';
import { draftMasker, previewRules } from '../masking-preview.ts';
import { previewSource } from '../source-preview.ts';
import { createFieldReader } from '../parse/field-reader.ts';
import { identifiersOf } from '../parse/identifiers.ts';
import { Records } from '../parse/records.ts';
import { cursorOfLine } from '../store/read/page.ts';
import type { ReaderPool } from '../store/read/reader-pool.ts';
import type { FindingStore } from '../store/state/findings.ts';
import { complete } from './complete.ts';
import { api } from './implementer.ts';
import type { Feed } from './server/feeds.ts';
import { lineMatcher } from './line-matcher.ts';

export interface LogsParts {
  archiving: Archiving;
  audit: AuditTrail;
  readers: ReaderPool;
  findings: FindingStore;
  sources: LogSources;
  sourceStates: ReaderStates;
  tail: Feed<LogLine>;
  masking: Masking;
  outbound: OutboundLog;
}

/** Neighbours of a line come from the reader; everything that reads history runs in the reader threads. */
export function logsRouter(parts: LogsParts) {
  const { readers, sources, sourceStates } = parts;
  const fields = createFieldReader(
    systemClock,
    compiledBySource(() => sources.ownFormats()),
  );
  const one = (id: string): LogSource => {
    const source = sources.list(sourceStates).find((each) => each.id === id);
    if (source === undefined) throw notFound('logs.source.notFound', id);
    return source;
  };
  const ownFormat = compiledFormats((sourceId) => sources.ownFormat(sourceId));
  const records = (): Records => new Records({ clock: systemClock, ownFormat });
  /** As the source's own format has it, where it has one. */
  const describe = (line: LogLine): ReturnType<typeof fields.describe> => {
    const custom = ownFormat(line.sourceId);
    if (custom === undefined) return fields.describe(line.text, line.time, line.sourceId);
    const { timeZone, year } = sources.readingOptions(line.sourceId);
    const clock = { now: () => line.time };
    const known = describeLine(line.text, { timeZone, year, clock, custom });
    return { ...known, identifiers: identifiersOf(line.text, known.fields) };
  };
  return {
    search: api.logs.search.handler(async ({ input, signal }) => {
      const { filter, direction, beyond, limit, budgetMs } = input;
      const cursor = input.cursor ?? (beyond && cursorOfLine(beyond));
      const page = await readers.search(filter, direction, cursor, limit, { signal, budgetMs });
      const [first] = page.lines;
      const marks = records();
      const before =
        first !== undefined && marks.isUncertain(first)
          ? (await readers.context(first.id, RECORD_BEFORE, 0, { signal })).slice(0, -1)
          : [];
      return { ...page, lines: marks.markAfter(before, page.lines) };
    }),
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
    retention: api.logs.retention.handler(() => parts.archiving.state()),
    archiveNow: api.logs.archiveNow.handler(() => {
      void parts.archiving.run();
      return parts.archiving.state();
    }),
    saveArchiveKey: api.logs.saveArchiveKey.handler(({ input }) =>
      parts.archiving.saveKey(input.path, input.replace),
    ),
    traffic: api.logs.traffic.handler(({ input, signal }) => readers.traffic(input, { signal })),
    context: api.logs.context.handler(async ({ input, signal }) => ({
      lines: records().mark(await readers.context(input.id, input.before, input.after, { signal })),
    })),
    line: api.logs.line.handler(async ({ input, signal }) => {
      const line = await readers.line(input.id, { signal });
      if (line === undefined) throw notFound('logs.lineGone', input.id);
      const neighbours = await readers.context(input.id, RECORD_BEFORE, RECORD_AFTER, { signal });
      return {
        line,
        ...describe(line),
        record: records().recordOf(neighbours, line.id),
        findingIds: parts.findings.ofLine(line.sourceId, line.time, line.text),
      };
    }),
    tail: api.logs.tail.handler(({ input, signal }) =>
      parts.tail.subscribe({ signal, accept: lineMatcher(input.filter, { fields, now: systemClock.now() }) }),
    ),
    sources: api.logs.sources.handler(() => sources.list(sourceStates)),
    addSource: api.logs.addSource.handler(({ input }) =>
      one(sources.add(input.path, input.logClass, input.timeZone, input)),
    ),
    changeSource: api.logs.changeSource.handler(({ input }) => {
      sources.setReading(input.id, input);
      return one(input.id);
    }),
    setSourceEnabled: api.logs.setSourceEnabled.handler(({ input }) => {
      sources.setEnabled(input.id, input.enabled);
      return one(input.id);
    }),
    setSourcePaused: api.logs.setSourcePaused.handler(({ input }) => {
      sources.setPaused(input.id, input.paused);
      return one(input.id);
    }),
    previewSource: api.logs.previewSource.handler(async ({ input, signal }) => {
      const custom = ownFormat(input.path);
      const surroundings = { clock: systemClock, outbound: parts.outbound, signal, custom };
      const preview = await previewSource(input, surroundings);
      const masker = parts.masking.masker();
      const lines = preview.lines.map((line) => ({ ...line, text: masker.preview(line.text).text }));
      return { ...preview, lines };
    }),
    removeSource: api.logs.removeSource.handler(({ input }) => {
      sources.remove(input.id);
      return {};
    }),
    previewFormat: api.logs.previewFormat.handler(async ({ input, signal }) => {
      const { format, sourceId } = input;
      const lines = input.lines ?? (await newestOf(readers, sourceId, signal));
      const reading = sources.readingOptions(sourceId ?? '');
      const timeZone = input.timeZone ?? reading.timeZone;
      return previewFormat(format, lines, { timeZone, year: reading.year, clock: systemClock });
    }),
    suggestFormat: api.logs.suggestFormat.handler(({ input }) => ({
      pattern: suggestPattern(input.line, systemClock),
    })),
    exportPage: api.logs.exportPage.handler(async ({ input, signal }) => {
      const { filter, format, mask, cursor, limit, budgetMs } = input;
      const page = await readers.search(filter, 'older', cursor, limit, { signal, budgetMs });
      return { ...exportedPage(page.lines, format, parts.masking.forExport(), mask), cursor: page.cursor };
    }),
    recordExport: api.logs.recordExport.handler(({ input }) => {
      recordExport(parts.audit, input, parts.masking.masker());
      return {};
    }),
    previewMaskingRules: api.logs.previewMaskingRules.handler(async ({ input, signal }) => {
      const { draft, filter, cursor, limit, budgetMs } = input;
      const page = await readers.search(filter, 'older', cursor, limit, { signal, budgetMs });
      const surroundings = { key: parts.masking.key, clock: systemClock, signal };
      const preview = await previewRules(draft, page.lines.toReversed(), surroundings);
      return { ...preview, cursor: page.cursor };
    }),
    previewMasking: api.logs.previewMasking.handler(({ input: { text, draft } }) => {
      const { masker, key } = parts.masking;
      return (draft === undefined ? masker() : draftMasker(draft, key)).preview(text);
    }),
  };
}

/** How far from a line its record is looked for: a stack trace is seldom longer. */
const RECORD_BEFORE = 100;
const RECORD_AFTER = 200;

/** Lines a preview of a source shows. */
const PREVIEWED_LINES = 50;

async function newestOf(
  readers: ReaderPool,
  sourceId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  if (sourceId === undefined) return [];
  const filter = logFilterSchema.parse({ sourceIds: [sourceId] });
  const page = await readers.search(filter, 'older', undefined, PREVIEWED_LINES, { signal });
  return page.lines.map((line) => line.text);
}

function notFound(key: string, id: string): FailureError {
  return new FailureError({ kind: 'NOT_FOUND', message: { key, parameters: { id } } });
}
