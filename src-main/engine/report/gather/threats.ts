import { SEVERITIES, type Severity, type TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { Finding } from '../../../../src-preload/contract/threats.ts';
import type { FindingFact } from '../../store/types.ts';
import type { ReportQueries } from '../queries.ts';
import { MAX_LISTED_FINDINGS, type ReportData, type ThreatData, type TypeCount } from '../report-data.ts';

const HOUR = 3_600_000;
/** Bars that a page's width can tell apart. */
const MAX_BARS = 48;
/** Steps a reader can name, from an hour up. */
const STEPS = [1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * HOUR);
/** Addresses told one by one. */
const WORST_ADDRESSES = 10;
/** Findings of each of them: the worst are the story. */
const FINDINGS_PER_ADDRESS = 5;
const MAX_SOURCES = 50;

/** Types that are guessed passwords and names. */
const SIGN_IN_TYPES: ReadonlySet<string> = new Set([
  'brute_force',
  'slow_brute_force',
  'distributed_brute_force',
  'credential_stuffing',
  'password_spraying',
  'user_enumeration',
]);

export function threatData(
  queries: ReportQueries,
  range: TimeRange,
  previousRange: TimeRange,
  withEvidence: boolean,
): ThreatData {
  const facts = queries.findingFacts(range);
  const before = queries.findingFacts(previousRange);
  const addresses = queries.addressCounts(range);
  const byType = countByType(facts, before, addresses.byType);
  const succeeded = successesOf(facts, queries.succeededSignIns(guessersOf(facts), range));
  const listed = queries.findings(range, MAX_LISTED_FINDINGS);
  return {
    findings: facts.length,
    events: eventsOf(facts),
    previousFindings: before.length,
    previousEvents: eventsOf(before),
    addresses: addresses.total,
    newAddresses: addresses.fresh,
    successes: Object.values(succeeded).reduce((sum, count) => sum + count, 0),
    succeeded,
    signInFindings: facts.filter(({ type }) => SIGN_IN_TYPES.has(type)).length,
    lastTime: facts.reduce<number | null>((last, fact) => Math.max(last ?? 0, fact.lastTime), null),
    historic: facts.filter(({ historic }) => historic).length,
    bySeverity: countBySeverity(facts),
    byType,
    bySource: countBySource(facts).slice(0, MAX_SOURCES),
    trend: trendOf(
      facts,
      range,
      byType.map(({ type }) => type),
    ),
    listed: withEvidence ? listed : listed.map((finding) => ({ ...finding, evidence: [] })),
  };
}

/** @param succeeded successful sign-ins by address */
export function addressData(
  queries: ReportQueries,
  range: TimeRange,
  succeeded: Record<string, number>,
): NonNullable<ReportData['addresses']> {
  const worst = queries.worstAddresses(range, WORST_ADDRESSES);
  return {
    total: queries.addressCounts(range).total,
    worst: worst.map((address) => {
      const lines = address.findingsList.flatMap(({ evidence }) => evidence.map(({ text }) => text));
      const users = address.users.length > 0 ? address.users : countedUsers(queries.usersIn(lines), lines);
      return {
        ...address,
        users,
        distinctUsers: Math.max(address.distinctUsers, users.length),
        successes: Math.max(address.successes, succeeded[address.address] ?? 0),
        lastTime: Math.max(address.lastTime, ...address.findingsList.map(newestEvidence)),
        findingsList: address.findingsList.toSorted((a, b) => b.risk - a.risk).slice(0, FINDINGS_PER_ADDRESS),
      };
    }),
  };
}

/** Most often first; a line that is evidence of several findings counts once. */
function countedUsers(names: string[], lines: string[]): { name: string; count: number }[] {
  const distinct = [...new Set(lines)];
  return names
    .map((name) => ({ name, count: distinct.filter((line) => line.includes(name)).length }))
    .sort((a, b) => b.count - a.count);
}

/** A finding grows after the event that completed it. */
function newestEvidence({ evidence, time }: Finding): number {
  return evidence.at(-1)?.time ?? time;
}

function eventsOf(facts: FindingFact[]): number {
  return facts.reduce((sum, fact) => sum + fact.count, 0);
}

/** What the stored lines say, and what detectors noted: the higher count of each address. */
function successesOf(facts: FindingFact[], stored: Record<string, number>): Record<string, number> {
  const byAddress = { ...stored };
  for (const { address, successes } of facts) {
    if (successes > 0) byAddress[address] = Math.max(byAddress[address] ?? 0, successes);
  }
  return byAddress;
}

/** Addresses that were found guessing, those with most lines first, and since when. */
function guessersOf(facts: FindingFact[]): { address: string; since: number }[] {
  const signIns = facts.filter(({ type, address }) => SIGN_IN_TYPES.has(type) && address !== '');
  return [...groups(signIns, ({ address }) => address)]
    .sort(([, a], [, b]) => eventsOf(b) - eventsOf(a))
    .map(([address, each]) => ({ address, since: Math.min(...each.map(({ firstTime }) => firstTime)) }));
}

export function countBySeverity(items: { severity: Severity }[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { critical: 0, error: 0, warning: 0, info: 0 };
  for (const { severity } of items) counts[severity] += 1;
  return counts;
}

function countByType(
  facts: FindingFact[],
  before: FindingFact[],
  addresses: Record<string, number>,
): TypeCount[] {
  const previous = groups(before, ({ type }) => type);
  return [...groups(facts, ({ type }) => type)]
    .map(([type, each]) => ({
      type,
      severity: SEVERITIES.find((severity) => each.some((fact) => fact.severity === severity)) ?? 'info',
      findings: each.length,
      events: eventsOf(each),
      addresses: addresses[type] ?? 0,
      previousEvents: eventsOf(previous.get(type) ?? []),
      mitre: [...new Set(each.flatMap(({ mitre }) => mitre))].sort(),
      owasp: [...new Set(each.flatMap(({ owasp }) => owasp))].sort(),
    }))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.events - a.events);
}

function countBySource(facts: FindingFact[]): ThreatData['bySource'] {
  return [...groups(facts, ({ sourceId }) => sourceId)]
    .map(([sourceId, each]) => ({ sourceId, findings: each.length, events: eventsOf(each) }))
    .sort((a, b) => b.events - a.events);
}

function groups<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const grouped = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = grouped.get(key);
    if (group === undefined) grouped.set(key, [item]);
    else group.push(item);
  }
  return grouped;
}

/** Steps on whole hours of the clock, so that bars stand where people look for them. */
function trendOf(facts: FindingFact[], range: TimeRange, types: string[]): ThreatData['trend'] {
  const span = range.to - range.from;
  const stepMs = STEPS.find((step) => span / step <= MAX_BARS) ?? Math.ceil(span / MAX_BARS / HOUR) * HOUR;
  const start = Math.floor(range.from / HOUR) * HOUR;
  const count = Math.max(1, Math.ceil((range.to - start) / stepMs));
  const times = Array.from({ length: count }, (_, index) => start + index * stepMs);
  const values = new Map(types.map((type) => [type, new Array<number>(count).fill(0)]));
  for (const fact of facts) {
    const bars = values.get(fact.type);
    if (bars !== undefined) spread(bars, fact, range, start, stepMs);
  }
  return { stepMs, times, series: [...values].map(([type, bars]) => ({ type, values: bars })) };
}

/**
 * Events are spread evenly between the first and the last (only the newest are kept one by one), in whole numbers that add
 * up to the finding's count.
 */
function spread(bars: number[], fact: FindingFact, range: TimeRange, start: number, stepMs: number): void {
  const bar = (time: number): number =>
    Math.min(bars.length - 1, Math.max(0, Math.floor((Math.min(time, range.to - 1) - start) / stepMs)));
  const first = bar(Math.max(fact.firstTime, range.from));
  const last = Math.max(first, bar(fact.lastTime));
  const parts = last - first + 1;
  for (let part = 0; part < parts; part += 1) {
    const share = Math.round((fact.count * (part + 1)) / parts) - Math.round((fact.count * part) / parts);
    bars[first + part] = (bars[first + part] ?? 0) + share;
  }
}
