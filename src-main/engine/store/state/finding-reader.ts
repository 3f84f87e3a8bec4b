import { SEVERITIES, type Severity, type TimeRange } from '../../../../src-preload/contract/shared.ts';
import type {
  Finding,
  ThreatAddress,
  ThreatAddressDetail,
} from '../../../../src-preload/contract/threats.ts';
import { lineKey, type DetectedFinding } from '../../flow/finding.ts';
import type { ReadableDatabase } from '../database.ts';
import {
  beginsAlike,
  FINDING_ROW,
  FindingContents,
  PAGE_QUERY,
  storedId,
  type FindingRow,
} from './finding-contents.ts';

/** Buckets of an address's sparkline. */
const SPARKLINE_BUCKETS = 24;
/** Findings looked at for one address page; the newest. */
const MAX_ADDRESS_FINDINGS = 500;
/** Findings grouped for the list of addresses; the newest. A range with more says so by `total`. */
const MAX_GROUPED = 50_000;
const MAX_USERS = 20;

const FROM = `SELECT ${FINDING_ROW} FROM findings LEFT JOIN grown_findings USING (finding)`;

/** Hot queries; a test pins them to their indexes. */
export const FINDING_QUERIES = {
  range: `${FROM} WHERE time >= ? AND time < ? ORDER BY time DESC LIMIT ?`,
  page: `${FROM} WHERE time >= ? AND (time, findings.finding) < (?, ?) ORDER BY time DESC, findings.finding DESC LIMIT ?`,
  ofAddress: `${FROM} WHERE address = ? AND time >= ? AND time < ? ORDER BY time DESC LIMIT ?`,
  ofFurtherAddress: `SELECT ${FINDING_ROW} FROM further_addresses AS further JOIN findings USING (finding)
    LEFT JOIN grown_findings USING (finding)
    WHERE further.address = ? AND further.time >= ? AND further.time < ? ORDER BY further.time DESC LIMIT ?`,
  ofTime: `${FROM} WHERE time = ?`,
  ofLine: `SELECT ${FINDING_ROW} FROM finding_lines JOIN findings USING (finding) LEFT JOIN grown_findings USING (finding)
    WHERE finding_lines.time = ? AND line = ?`,
  total: 'SELECT count(*) AS total FROM findings WHERE time >= ? AND time < ?',
  one: `${FROM} WHERE id = ?`,
  contents: PAGE_QUERY,
} as const;

/** What is asked of the findings in state.db. Reads only: reports do so from a thread of their own. */
export class FindingReader {
  readonly #database: ReadableDatabase;
  readonly #contents: FindingContents;

  constructor(database: ReadableDatabase) {
    this.#database = database;
    this.#contents = new FindingContents(database);
  }

  find(id: string): DetectedFinding | undefined {
    const row = this.#row(id);
    return row === undefined ? undefined : this.#contents.read(row);
  }

  /** Newest first. @param before id of the last finding of the page before */
  page(
    range: TimeRange,
    before: string | undefined,
    limit: number,
  ): { findings: DetectedFinding[]; total: number } {
    const row = before === undefined ? undefined : this.#row(before);
    const last = row === undefined ? undefined : this.#contents.read(row);
    const total = this.#total(range);
    // Findings of the same millisecond are told apart by number.
    const rows = this.#database
      .query<[number, number, number, number], FindingRow>(FINDING_QUERIES.page)
      .all(range.from, last?.time ?? range.to, row?.finding ?? 0, limit);
    return { findings: this.#read(rows), total };
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
    const findings = this.#ofAddress(address, range);
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
    const ofTime = this.#database.query<[number], FindingRow>(FINDING_QUERIES.ofTime);
    const ofLine = this.#database.query<[number, number], FindingRow>(FINDING_QUERIES.ofLine);
    const found = this.#read([...ofTime.all(time), ...ofLine.all(time, lineKey(sourceId, text))]).filter(
      ({ evidence }) =>
        evidence.some(
          (line) => line.time === time && line.sourceId === sourceId && beginsAlike(line.text, text),
        ),
    );
    return [...new Set(found.map(({ id }) => id))];
  }

  /** Findings per rule since a time. */
  countByRule(since: number): Map<string, number> {
    const rows = this.#database
      .query<[number], { rule: string; findings: number }>(
        'SELECT rule, count(*) AS findings FROM findings JOIN finding_kinds USING (kind) WHERE time >= ? GROUP BY rule',
      )
      .all(since);
    return new Map(rows.map(({ rule, findings }) => [rule, findings]));
  }

  #row(id: string): FindingRow | undefined {
    return this.#database.query<[Buffer | string], FindingRow>(FINDING_QUERIES.one).get(storedId(id));
  }

  #read(rows: FindingRow[]): DetectedFinding[] {
    return rows.map((row) => this.#contents.read(row));
  }

  #inRange(from: number, to: number, limit: number): DetectedFinding[] {
    return this.#read(
      this.#database.query<[number, number, number], FindingRow>(FINDING_QUERIES.range).all(from, to, limit),
    );
  }

  /** Newest first. */
  #ofAddress(address: string, { from, to }: TimeRange): DetectedFinding[] {
    const rows = [FINDING_QUERIES.ofAddress, FINDING_QUERIES.ofFurtherAddress].flatMap((sql) =>
      this.#database
        .query<[string, number, number, number], FindingRow>(sql)
        .all(address, from, to, MAX_ADDRESS_FINDINGS),
    );
    return this.#read(rows)
      .sort((a, b) => b.time - a.time)
      .slice(0, MAX_ADDRESS_FINDINGS);
  }

  #total(range: TimeRange): number {
    return (
      this.#database
        .query<[number, number], { total: number }>(FINDING_QUERIES.total)
        .get(range.from, range.to)?.total ?? 0
    );
  }
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
