import { SEVERITIES, type Severity, type TimeRange } from '../../../../src-preload/contract/shared.ts';
import type {
  Finding,
  ThreatAddress,
  ThreatAddressDetail,
} from '../../../../src-preload/contract/threats.ts';
import type { DetectedFinding } from '../../flow/finding.ts';
import type { ReadableDatabase } from '../database.ts';

/** Buckets of an address's sparkline. */
const SPARKLINE_BUCKETS = 24;
/** Findings looked at for one address page; the newest. */
const MAX_ADDRESS_FINDINGS = 500;
/** Findings grouped for the list of addresses; the newest. A range with more says so by `total`. */
const MAX_GROUPED = 50_000;
const MAX_USERS = 20;
/** Characters by which a line is known as evidence. */
const COMPARED_LENGTH = 200;

/** Hot queries; a test pins them to their indexes. */
export const FINDING_QUERIES = {
  range: 'SELECT content FROM findings WHERE time >= ? AND time < ? ORDER BY time DESC LIMIT ?',
  page: 'SELECT content FROM findings WHERE time >= ? AND (time, id) < (?, ?) ORDER BY time DESC, id DESC LIMIT ?',
  ofAddress:
    'SELECT f.content FROM finding_addresses a JOIN findings f ON f.id = a.finding WHERE a.address = ? AND a.time >= ? AND a.time < ? ORDER BY a.time DESC LIMIT ?',
  ofLine: 'SELECT finding AS id FROM finding_lines WHERE source = ? AND time = ?',
  total: 'SELECT count(*) AS total FROM findings WHERE time >= ? AND time < ?',
  one: 'SELECT content FROM findings WHERE id = ?',
} as const;

interface ContentRow {
  content: string;
}

/** What is asked of the findings in state.db. Reads only: reports do so from a thread of their own. */
export class FindingReader {
  readonly #database: ReadableDatabase;

  constructor(database: ReadableDatabase) {
    this.#database = database;
  }

  find(id: string): DetectedFinding | undefined {
    const row = this.#database.query<[string], ContentRow>(FINDING_QUERIES.one).get(id);
    return row === undefined ? undefined : parsed(row);
  }

  /** Newest first. @param before id of the last finding of the page before */
  page(
    range: TimeRange,
    before: string | undefined,
    limit: number,
  ): { findings: DetectedFinding[]; total: number } {
    const last = before === undefined ? undefined : this.find(before);
    const total = this.#total(range);
    // Findings of the same millisecond are told apart by id.
    const rows = this.#database
      .query<[number, number, string, number], ContentRow>(FINDING_QUERIES.page)
      .all(range.from, last?.time ?? range.to, last?.id ?? '', limit);
    return { findings: rows.map(parsed), total };
  }

  /** Newest first, whole. */
  newest(range: TimeRange, limit: number): DetectedFinding[] {
    return this.#inRange(range.from, range.to, limit);
  }

  /** Addresses by risk, worst first. */
  addresses(
    range: TimeRange,
    limit: number,
  ): {
    addresses: ThreatAddress[];
    total: number;
    byType: { type: string; severity: Severity; events: number }[];
  } {
    const findings = this.#inRange(range.from, range.to, MAX_GROUPED);
    const groups = new Map<string, DetectedFinding[]>();
    for (const finding of findings) {
      for (const address of finding.addresses) {
        const group = groups.get(address);
        if (group === undefined) groups.set(address, [finding]);
        else group.push(finding);
      }
    }
    const all = [...groups].map(([address, group]) => summary(address, group, range));
    all.sort((a, b) => b.risk - a.risk || b.events - a.events || b.lastTime - a.lastTime);
    return { addresses: all.slice(0, limit), total: all.length, byType: byType(findings) };
  }

  /** One address, with its findings; undefined when it has none in the range. */
  address(address: string, range: TimeRange): ThreatAddressDetail | undefined {
    const findings = this.#database
      .query<[string, number, number, number], ContentRow>(FINDING_QUERIES.ofAddress)
      .all(address, range.from, range.to, MAX_ADDRESS_FINDINGS)
      .map(parsed);
    const worst = worstOf(findings);
    if (worst === undefined) return undefined;
    const users = new Map<string, number>();
    for (const finding of findings) {
      for (const { name, count } of finding.users ?? [])
        users.set(name, Math.max(users.get(name) ?? 0, count));
    }
    return {
      ...summary(address, findings, range),
      riskParts: worst.riskParts,
      findingsList: findings,
      users: [...users]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count)
        .slice(0, MAX_USERS),
      distinctUsers: Math.max(users.size, ...findings.map((finding) => finding.distinctUsers ?? 0)),
      successes: Math.max(0, ...findings.map((finding) => finding.successes ?? 0)),
    };
  }

  /** Ids of the findings a stored line is evidence of. */
  ofLine(sourceId: string, time: number, text: string): string[] {
    return this.#database
      .query<[string, number], { id: string }>(FINDING_QUERIES.ofLine)
      .all(sourceId, time)
      .map((row) => row.id)
      .filter((id) =>
        this.find(id)?.evidence.some((line) => line.time === time && beginsAlike(line.text, text)),
      );
  }

  /** Findings per rule since a time. */
  countByRule(since: number): Map<string, number> {
    const rows = this.#database
      .query<[number], { rule: string; findings: number }>(
        `SELECT json_extract(content, '$.ruleId') AS rule, count(*) AS findings FROM findings WHERE time >= ? GROUP BY rule`,
      )
      .all(since);
    return new Map(rows.map(({ rule, findings }) => [rule, findings]));
  }

  #inRange(from: number, to: number, limit: number): DetectedFinding[] {
    return this.#database
      .query<[number, number, number], ContentRow>(FINDING_QUERIES.range)
      .all(from, to, limit)
      .map(parsed);
  }

  #total(range: TimeRange): number {
    return (
      this.#database
        .query<[number, number], { total: number }>(FINDING_QUERIES.total)
        .get(range.from, range.to)?.total ?? 0
    );
  }
}

/** Evidence is cut when it is long; its beginning tells it from other lines of the same millisecond. */
function beginsAlike(evidence: string, text: string): boolean {
  return evidence.slice(0, COMPARED_LENGTH) === text.slice(0, COMPARED_LENGTH);
}

/** Written by `accept` above: it has this shape. */
function parsed(row: ContentRow): DetectedFinding {
  return JSON.parse(row.content) as DetectedFinding;
}

function summary(address: string, findings: DetectedFinding[], range: TimeRange): ThreatAddress {
  const worst = worstOf(findings);
  const sparkline = new Array<number>(SPARKLINE_BUCKETS).fill(0);
  const bucketMs = Math.max(1, (range.to - range.from) / SPARKLINE_BUCKETS);
  for (const finding of findings) spread(sparkline, finding, range.from, bucketMs);
  return {
    address,
    severity: severityOf(findings),
    risk: worst?.risk ?? 0,
    types: [...new Set(findings.toSorted((a, b) => b.risk - a.risk).map((finding) => finding.type))],
    findings: findings.length,
    events: findings.reduce((sum, finding) => sum + share(finding), 0),
    firstTime: Math.min(...findings.map((finding) => finding.firstTime)),
    lastTime: Math.max(...findings.map((finding) => finding.time)),
    sparkline,
  };
}

/** A distributed attack's events are shared out evenly: which address sent how many is not kept. */
function share(finding: DetectedFinding): number {
  return Math.max(1, Math.round(finding.count / Math.max(1, finding.addresses.length)));
}

/** Events are spread evenly between the first and the last; only the newest are kept one by one. */
function spread(sparkline: number[], finding: DetectedFinding, from: number, bucketMs: number): void {
  const first = clampBucket((finding.firstTime - from) / bucketMs);
  const last = clampBucket((finding.time - from) / bucketMs);
  const each = share(finding) / (last - first + 1);
  for (let bucket = first; bucket <= last; bucket += 1) sparkline[bucket] = (sparkline[bucket] ?? 0) + each;
}

function clampBucket(bucket: number): number {
  return Math.min(SPARKLINE_BUCKETS - 1, Math.max(0, Math.floor(bucket)));
}

function worstOf(findings: DetectedFinding[]): DetectedFinding | undefined {
  return findings.reduce<DetectedFinding | undefined>(
    (worst, finding) => (worst === undefined || finding.risk > worst.risk ? finding : worst),
    undefined,
  );
}

function severityOf(findings: Finding[]): Severity {
  return SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'info';
}

function byType(findings: DetectedFinding[]): { type: string; severity: Severity; events: number }[] {
  const types = new Map<string, DetectedFinding[]>();
  for (const finding of findings) {
    const each = types.get(finding.type);
    if (each === undefined) types.set(finding.type, [finding]);
    else each.push(finding);
  }
  return [...types]
    .map(([type, each]) => ({
      type,
      severity: severityOf(each),
      events: each.reduce((sum, finding) => sum + finding.count, 0),
    }))
    .sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.events - a.events);
}
