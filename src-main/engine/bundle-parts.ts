import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ParsedLogFilter } from '../../src-preload/contract/log-filter.ts';
import type { LogLine, SearchPage } from '../../src-preload/contract/logs.ts';
import { MAX_PAGE_LINES } from '../../src-preload/contract/limits.ts';
import type { TimeRange } from '../../src-preload/contract/shared.ts';
import type { PartContents, PartSources } from './diagnose/bundle/contents.ts';
import { usersOf } from './export-masking.ts';
import type { DetectedFinding } from './flow/finding.ts';
import type { AuditReader } from './store/state/audit-chain.ts';
import type { FindingReader } from './store/state/finding-reader.ts';
import type { AlertStore, MetricStore } from './store/types.ts';

/** Where a bundle's parts come from; the engine and the terminal open the same stores. */
export interface BundleStores {
  dataDirectory: string;
  findings: FindingReader;
  alerts: AlertStore;
  metrics: MetricStore;
  audit: AuditReader;
  settings: () => unknown;
  /** Newest first. */
  diagnoses: () => unknown[];
  search: (
    filter: ParsedLogFilter,
    cursor: string | undefined,
    limit: number,
    signal: AbortSignal | undefined,
  ) => Promise<SearchPage> | SearchPage;
}

/** A bundle goes by mail: these keep it below some 30 MB, and what is left out is counted. */
const LIMITS = {
  findings: 10_000,
  alerts: 5000,
  lines: 100_000,
  audit: 5000,
  diagnoses: 30,
  faultBytes: 500_000,
};
const POINTS = 2000;

/** The parts of a bundle over the stores of a data directory. */
export function bundleParts(stores: BundleStores): PartSources {
  return {
    diagnosis: async () => within(stores.diagnoses(), LIMITS.diagnoses),
    findings: async (range) => findingsOf(stores.findings, range),
    alerts: async (range) => {
      const { alerts, total } = stores.alerts.history(range, undefined, LIMITS.alerts);
      const items = alerts.map((alert) => ({ alert, events: stores.alerts.events(alert.id) }));
      return { items, leftOut: total - items.length };
    },
    metrics: async (range) => {
      const names = new Set(stores.metrics.catalogue().map(({ name }) => name));
      const items = [...names].flatMap((name) => stores.metrics.range([{ name }], range, POINTS));
      return { items, leftOut: 0 };
    },
    logs: async (range, signal) => linesOf(stores, range, signal),
    settings: async () => ({ items: [stores.settings()], leftOut: 0 }),
    audit: async ({ from, to }) => within(stores.audit.within(from, to).reverse(), LIMITS.audit),
    faults: async () => ({ items: faultsOf(stores.dataDirectory), leftOut: 0 }),
  };
}

function within(items: unknown[], limit: number): PartContents {
  return { items: items.slice(0, limit), leftOut: Math.max(0, items.length - limit) };
}

function findingsOf(findings: FindingReader, range: TimeRange): PartContents {
  const items: DetectedFinding[] = [];
  let before: string | undefined;
  let total: number;
  do {
    const page = findings.page(range, before, 500);
    items.push(...page.findings);
    total = page.total;
    before = page.findings.at(-1)?.id;
  } while (before !== undefined && items.length < Math.min(total, LIMITS.findings));
  const userNames = items.flatMap(({ user = '', users = [] }) => [user, ...users.map(({ name }) => name)]);
  return { items, leftOut: Math.max(0, total - items.length), userNames };
}

async function linesOf(
  stores: BundleStores,
  range: TimeRange,
  signal: AbortSignal | undefined,
): Promise<PartContents> {
  const filter: ParsedLogFilter = { text: '', regex: false, range };
  const items: LogLine[] = [];
  const userNames = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await stores.search(filter, cursor, MAX_PAGE_LINES, signal);
    items.push(...page.lines.reverse());
    for (const name of usersOf(page.lines)) userNames.add(name);
    cursor = page.cursor;
  } while (cursor !== undefined && items.length < LIMITS.lines);
  // How many more there are is known only to be some: a count would read them all.
  return { items, leftOut: cursor === undefined ? 0 : 1, userNames: [...userNames] };
}

/** The engine's own log holds no inputs; its newest part is enough. */
function faultsOf(dataDirectory: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(join(dataDirectory, 'engine.log'), 'utf8');
  } catch {
    // No fault yet.
    return [];
  }
  return text
    .slice(-LIMITS.faultBytes)
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => ({ line }));
}
