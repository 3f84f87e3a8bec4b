import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, implement, ORPCError } from '@orpc/server';
import type { Contract } from '../../src-preload/contract/index.ts';
import type { LogFilter } from '../../src-preload/contract/log-filter.ts';
import type { LogSource } from '../../src-preload/contract/log-sources.ts';
import {
  logsContract,
  type Completion,
  type HistogramBucket,
  type LogLine,
  type ScanProgress,
  type SearchPage,
} from '../../src-preload/contract/logs.ts';
import { LEVEL_NAMES, QUERY_FIELDS } from '../../src-preload/contract/query/fields.ts';
import { parseQuery } from '../../src-preload/contract/query/parse.ts';
import type { QueryNode } from '../../src-preload/contract/query/syntax.ts';
import { wordAt } from '../../src-preload/contract/query/word.ts';
import { severityOfLevel, type Push } from '../../src-preload/contract/shared.ts';
import { maskingPreview } from './fake-masking.ts';
import { retentionState } from './fake-retention.ts';
import { trafficAnswer } from './fake-traffic.ts';

type LogsClient = ContractRouterClient<Contract>['logs'];

export interface FakeLogs {
  client: LogsClient;
  /** What files were asked for with. */
  exports: { format: string; mask: string[]; limit: number }[];
  /** Files that were taken down in the audit trail. */
  recorded: { name: string; lines: number; cut: boolean }[];
  /** What is refused; a test sets and unsets it. */
  refuses: { records: boolean };
  /** Every search that was asked, for tests. */
  searches: { filter: LogFilter; direction: 'older' | 'newer'; limit: number }[];
  /** Puts lines behind the others and pushes them to whoever follows. */
  write: (lines: readonly LogLine[], dropped?: number) => void;
  /** Puts lines behind the others that no push brings. */
  store: (lines: readonly LogLine[]) => void;
}

/** What the screen of a test completes: the fields of the query language, and levels behind `level:`. */
function completions(text: string, caret: number): { from: number; to: number; items: Completion[] } {
  const { from, to, field, typed } = wordAt(text, caret);
  const items = (field === undefined ? QUERY_FIELDS.map((name) => `${name}:`) : LEVEL_NAMES)
    .filter((each) => each.startsWith(typed))
    .map((each): Completion =>
      field === undefined
        ? { kind: 'field', text: each }
        : { kind: 'value', text: `${field}:${each}`, lines: 7 },
    );
  return { from, to, items };
}

/** Whether the line passes a query, as far as the tests of the screen go: text, NOT, OR, and the fields of a line. */
function holds(node: QueryNode, line: LogLine): boolean {
  switch (node.kind) {
    case 'and':
      return node.nodes.every((each) => holds(each, line));
    case 'or':
      return node.nodes.some((each) => holds(each, line));
    case 'not':
      return !holds(node.node, line);
    case 'text':
      return line.text.toLowerCase().includes(node.text.toLowerCase());
    case 'expression':
      return new RegExp(node.source, 'i').test(line.text);
    case 'wildcard':
      return node.parts.every((part) => line.text.includes(part));
    case 'field': {
      const wanted = node.test.kind === 'is' ? node.test.text : '';
      if (node.name === 'level') return severityOfLevel(line.level) === wanted;
      if (node.name === 'address') return line.address === wanted;
      if (node.name === 'source') return line.sourceId === wanted;
      return line.text.includes(`${node.name}=${wanted}`) || line.text.includes(node.literal ?? '\0');
    }
  }
}

/** Words with digits are values. */
function patternOfLine({ text }: LogLine): { id: string; template: string } {
  const template = text.replaceAll(/\S*\d\S*/g, '<*>');
  return {
    id: `p${Array.from(template).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1e9, 7)}`,
    template,
  };
}

/** Whether a line passes, as the contract says. */
function passes(filter: LogFilter, line: LogLine, withText = true): boolean {
  if (filter.range && (line.time < filter.range.from || line.time >= filter.range.to)) return false;
  if (filter.severities && !filter.severities.includes(severityOfLevel(line.level))) return false;
  if (filter.sourceIds && !filter.sourceIds.includes(line.sourceId)) return false;
  if (filter.address !== undefined && line.address !== filter.address) return false;
  const pattern = patternOfLine(line).id;
  if (filter.pattern !== undefined && pattern !== filter.pattern) return false;
  if (filter.withoutPatterns?.includes(pattern) === true) return false;
  const text = filter.text ?? '';
  if (!withText || text === '') return true;
  if (filter.regex === true) return new RegExp(text, 'i').test(line.text);
  const parsed = parseQuery(text);
  return parsed.ok && (parsed.node === undefined || holds(parsed.node, line));
}

/**
 * A log in memory that answers as the contract says: pages, cursors, counts, a tail. Lines come in order of time.
 * @param exportedAs how many each line counts for in an export, to come to its limit with a few
 */
export function fakeLogs(
  initial: readonly LogLine[],
  sources: readonly LogSource[],
  exportedAs = 1,
): FakeLogs {
  const lines = [...initial];
  const searches: FakeLogs['searches'] = [];
  const exports: FakeLogs['exports'] = [];
  const recorded: FakeLogs['recorded'] = [];
  const followers = new Set<{ filter: LogFilter; push: (lines: LogLine[], dropped: number) => void }>();

  function search(input: {
    filter: LogFilter;
    direction: 'older' | 'newer';
    limit: number;
    cursor?: string | undefined;
    beyond?: { id: string; time: number } | undefined;
  }): SearchPage {
    const { filter, direction, limit, cursor, beyond } = input;
    searches.push({ filter, direction, limit });
    // A cursor is the id of the last line of the page before.
    const edge = lines.findIndex(({ id }) => id === (cursor ?? beyond?.id));
    const isBeyond = (index: number): boolean =>
      edge < 0 || (direction === 'older' ? index < edge : index > edge);
    const found = lines.filter((line, index) => passes(filter, line) && isBeyond(index));
    const ordered = direction === 'older' ? found.reverse() : found;
    const page = ordered.slice(0, limit);
    const last = page.at(-1);
    const next = limit < ordered.length && last !== undefined ? { cursor: last.id } : {};
    return {
      lines: direction === 'older' ? page.reverse() : page,
      ...next,
      scannedLines: lines.length,
      elapsedMs: 12,
    };
  }

  function lineOf(id: string): LogLine {
    const line = lines.find((each) => each.id === id);
    if (line === undefined)
      throw new ORPCError('NOT_FOUND', { data: { key: 'error.NOT_FOUND', parameters: {} } });
    return line;
  }

  async function* tail(filter: LogFilter): AsyncGenerator<Push<LogLine>, void> {
    const waiting: { items: LogLine[]; dropped: number }[] = [];
    let wake = (): void => undefined;
    const follower = {
      filter,
      push: (items: LogLine[], dropped: number): void => {
        waiting.push({ items, dropped });
        wake();
      },
    };
    followers.add(follower);
    try {
      for (let sequence = 1; ; sequence += 1) {
        while (waiting.length === 0) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const next = waiting.shift() ?? { items: [], dropped: 0 };
        yield { subscription: 'tail', sequence, ...next };
      }
    } finally {
      followers.delete(follower);
    }
  }

  const scanned = (): ScanProgress => ({
    scannedLines: lines.length,
    totalLines: lines.length,
    elapsedMs: 12,
  });
  const os = implement(logsContract);
  const refuses = { records: false };
  const refuse = (): never => {
    throw new ORPCError('FORBIDDEN', { data: { key: 'error.FORBIDDEN', parameters: {} } });
  };
  const router = os.router({
    search: os.search.handler(({ input }) => search(input)),
    count: os.count.handler(({ input: { filter } }) => ({
      count: lines.filter((line) => passes(filter, line)).length,
      ...scanned(),
    })),
    complete: os.complete.handler(({ input }) => completions(input.text, input.caret)),
    patterns: os.patterns.handler(({ input: { filter, limit } }) => {
      const passing = lines.filter((line) => passes(filter, line));
      const groups = Map.groupBy(passing, (line) => patternOfLine(line).id);
      const patterns = [...groups].map(([id, group], index) => ({
        id,
        template: group[0] === undefined ? '' : patternOfLine(group[0]).template,
        count: group.length,
        share: group.length / passing.length,
        level: Math.min(...group.map(({ level }) => level)),
        trend: Array.from({ length: 24 }, (_, part) => (index + part) % 7),
        firstTime: group[0]?.time ?? 0,
        lastTime: group.at(-1)?.time ?? 0,
        isNew: group[0]?.text.includes('timed out') === true,
        ...(index === 0 ? { change: 3 } : {}),
      }));
      return {
        patterns: patterns.toSorted((a, b) => b.count - a.count).slice(0, limit),
        total: patterns.length,
        lines: passing.length,
        elapsedMs: 12,
      };
    }),
    retention: os.retention.handler(() => retentionState()),
    archiveNow: os.archiveNow.handler(() => retentionState()),
    saveArchiveKey: os.saveArchiveKey.handler(refuse),
    traffic: os.traffic.handler(({ input }) => trafficAnswer(input)),
    trace: os.trace.handler(({ input: { id, around } }) => ({
      lines: lines
        .filter((line) => line.text.includes(id))
        .map((line) => ({ ...line, spanId: line.sourceId })),
      more: false,
      range: { from: around, to: around },
      elapsedMs: 12,
    })),
    histogram: os.histogram.handler(({ input: { filter, range, buckets } }) => {
      const stepMs = Math.max(1, Math.ceil((range.to - range.from) / buckets));
      const found: HistogramBucket[] = Array.from({ length: buckets }, (_, index) => ({
        time: range.from + index * stepMs,
        critical: 0,
        error: 0,
        warning: 0,
        info: 0,
        matches: 0,
      }));
      for (const line of lines) {
        const bucket = found[Math.floor((line.time - range.from) / stepMs)];
        if (bucket === undefined || !passes({ ...filter, range }, line, false)) continue;
        bucket[severityOfLevel(line.level)] += 1;
        if (filter.text !== '' && passes(filter, line)) bucket.matches += 1;
      }
      return { stepMs, buckets: found, ...scanned() };
    }),
    context: os.context.handler(({ input: { id, before, after } }) => {
      const line = lineOf(id);
      const own = lines.filter((each) => each.sourceId === line.sourceId);
      const at = own.indexOf(line);
      return { lines: own.slice(Math.max(0, at - before), at + after + 1) };
    }),
    line: os.line.handler(({ input: { id } }) => {
      const line = lineOf(id);
      return {
        line,
        format: 'syslog',
        fields: [
          { name: 'program', value: line.sourceId, masked: false },
          { name: 'account', value: '••••4471', masked: true },
          ...(line.address === undefined ? [] : [{ name: 'address', value: line.address, masked: false }]),
        ],
        identifiers: /trace=(\w+)/.test(line.text)
          ? [{ kind: 'trace' as const, name: 'trace', value: /trace=(\w+)/.exec(line.text)?.[1] ?? '' }]
          : [],
        findingIds: line.address !== undefined && severityOfLevel(line.level) === 'critical' ? ['f1'] : [],
      };
    }),
    tail: os.tail.handler(({ input: { filter } }) => tail(filter)),
    sources: os.sources.handler(() => [...sources]),
    addSource: os.addSource.handler(refuse),
    changeSource: os.changeSource.handler(refuse),
    setSourceEnabled: os.setSourceEnabled.handler(refuse),
    setSourcePaused: os.setSourcePaused.handler(refuse),
    previewSource: os.previewSource.handler(refuse),
    removeSource: os.removeSource.handler(refuse),
    previewFormat: os.previewFormat.handler(() => ({ lines: [], matched: 0 })),
    suggestFormat: os.suggestFormat.handler(() => ({ pattern: '{message}' })),
    exportPage: os.exportPage.handler(({ input: { filter, format, mask, cursor, limit } }) => {
      exports.push({ format, mask, limit });
      const passing = lines.filter((line) => passes(filter, line)).toReversed();
      const from = Number(cursor ?? 0);
      const page = passing.slice(from, from + Math.min(limit, 20));
      return {
        text: page
          .toReversed()
          .map(({ text }) => `${text}\n`)
          .join(''),
        header: format === 'csv' ? 'text\n' : '',
        lines: page.length * exportedAs,
        ...(from + page.length < passing.length ? { cursor: String(from + page.length) } : {}),
        masked: mask.map((kind) => ({ kind, count: 2 })),
        samples: mask.map((kind) => ({ kind, before: `some ${kind}`, after: `${kind}-1` })),
      };
    }),
    recordExport: os.recordExport.handler(({ input: { name, lines, cut } }) => {
      if (refuses.records) refuse();
      recorded.push({ name, lines, cut });
      return {};
    }),
    previewMaskingRules: os.previewMaskingRules.handler(({ input: { draft, cursor, limit } }) =>
      maskingPreview(draft, cursor, limit),
    ),
    previewMasking: os.previewMasking.handler(({ input }) => ({ text: input.text, spans: [] })),
  });
  return {
    client: createRouterClient(router),
    searches,
    exports,
    recorded,
    refuses,
    store: (added) => {
      lines.push(...added);
    },
    write: (added, dropped = 0) => {
      lines.push(...added);
      for (const follower of followers) {
        follower.push(
          added.filter((line) => passes(follower.filter, line)),
          dropped,
        );
      }
    },
  };
}

const TEMPLATES: readonly [level: number, source: string, text: (n: number) => string, address?: string][] = [
  [
    6,
    'nginx',
    (n) => `198.51.100.23 "GET /api/v1/quotes/${7203 + (n % 40)} HTTP/1.1" 200 1832 0.0${n % 90}`,
    '198.51.100.23',
  ],
  [
    6,
    'prediction-api',
    (n) => `predict model=lgbm-0417 symbol=${6758 + (n % 900)} p=0.${n % 90} took=${40 + (n % 30)}ms`,
  ],
  [
    2,
    'sshd',
    (n) => `Failed password for invalid user oracle from 203.0.113.42 port ${51_000 + (n % 999)} ssh2`,
    '203.0.113.42',
  ],
  [
    6,
    'kong',
    (n) => `upstream=prediction-api status=200 latency=${60 + (n % 40)} route=predict consumer=desk-1`,
  ],
  [
    4,
    'postgres',
    (n) => `duration: ${600 + (n % 90)}.408 ms statement: UPDATE orders SET status=$1 WHERE id=$2`,
  ],
  [6, 'feed-tse', (n) => `tick batch seq=${88_213_904 + n} symbols=412 lag_ms=${n % 90}`],
  [
    3,
    'daytrade-api',
    (n) => `order submit timed out after 800ms order_id=A-${48_000 + n} trace=7f3a9c21e0b${n % 10}`,
  ],
  [
    6,
    'nginx',
    () => '2001:db8:5a:41c:9f00:12:7:88ab "GET /<script>alert(1)</script>?q=<b>x</b> HTTP/1.1" 403 162 0.001',
    '2001:db8:5a:41c:9f00:12:7:88ab',
  ],
  [6, 'redis', (n) => `hit ratio 0.98${n % 10} keys=214,883 evicted=0`],
];

/** A day's end on a trading desk: mostly quiet, with an attack and slow orders in the last third. */
export function fakeDeskLines(from: number, to: number, count: number): LogLine[] {
  const stepMs = (to - from) / count;
  return Array.from({ length: count }, (_, index) => {
    const troubled = index > count * 0.62;
    const choice = (index * 7 + (index >> 3)) % (troubled ? TEMPLATES.length : 24);
    const calm = [0, 1, 3, 5, 8] as const;
    const template = TEMPLATES[troubled ? choice : choice === 23 ? 4 : (calm[choice % calm.length] ?? 0)];
    const [level, sourceId, text, address] = template ?? [6, 'redis', () => ''];
    return {
      id: `application/20261120/${index}`,
      time: Math.round(from + index * stepMs),
      level,
      sourceId,
      text: text(index),
      ...(address !== undefined && { address }),
    };
  });
}

/** The sources those lines come from. */
export function fakeDeskSources(): LogSource[] {
  const names = [...new Set(TEMPLATES.map(([, name]) => name))];
  return names.map((name) => ({
    id: name,
    path: name === 'sshd' ? '/var/log/auth.log' : `/var/log/${name}/${name}.log`,
    kind: 'file' as const,
    logClass:
      name === 'sshd'
        ? ('audit' as const)
        : name === 'nginx'
          ? ('access' as const)
          : ('application' as const),
    origin: 'found' as const,
    enabled: true,
    state: name === 'redis' ? ('unknown' as const) : ('ok' as const),
    lines: 48_211,
  }));
}
