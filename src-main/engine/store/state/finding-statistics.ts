import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { DetectedFinding } from '../../flow/finding.ts';
import type { ReadableDatabase } from '../database.ts';
import type { AddressCounts, FindingFact } from '../types.ts';
import { FINDING_ROW, FindingContents, type FindingRow } from './finding-contents.ts';

/** Queries over whole ranges; a test pins them to their indexes. */
export const STATISTICS_QUERIES = {
  facts: `SELECT ${FINDING_ROW} FROM findings LEFT JOIN grown_findings USING (finding)
    WHERE time >= ? AND time < ? ORDER BY time`,
  distinct: 'SELECT count(DISTINCT address) AS total FROM finding_addresses WHERE time >= ? AND time < ?',
  fresh: `SELECT count(*) AS total FROM (SELECT DISTINCT address FROM finding_addresses
    WHERE time >= ? AND time < ?) AS seen
    WHERE NOT EXISTS (SELECT 1 FROM finding_addresses AS earlier WHERE earlier.address = seen.address AND earlier.time < ?)`,
  byType: `SELECT type, count(DISTINCT address) AS addresses FROM finding_addresses JOIN finding_kinds USING (kind)
    WHERE time >= ? AND time < ? GROUP BY type`,
} as const;

/** Counts findings over ranges, all of them, for reports. Reads only. */
export class FindingStatistics {
  readonly #database: ReadableDatabase;

  constructor(database: ReadableDatabase) {
    this.#database = database;
  }

  /** Every finding of the range, without its evidence; oldest first. */
  facts(range: TimeRange): FindingFact[] {
    const contents = new FindingContents(this.#database);
    return this.#database
      .query<[number, number], FindingRow>(STATISTICS_QUERIES.facts)
      .all(range.from, range.to)
      .map((row) => fact(contents.read(row)));
  }

  addresses(range: TimeRange): AddressCounts {
    const { from, to } = range;
    const total = this.#database.query<[number, number], { total: number }>(STATISTICS_QUERIES.distinct);
    const fresh = this.#database.query<[number, number, number], { total: number }>(STATISTICS_QUERIES.fresh);
    const byType = this.#database.query<[number, number], { type: string; addresses: number }>(
      STATISTICS_QUERIES.byType,
    );
    return {
      total: total.get(from, to)?.total ?? 0,
      fresh: fresh.get(from, to, from)?.total ?? 0,
      byType: Object.fromEntries(byType.all(from, to).map(({ type, addresses }) => [type, addresses])),
    };
  }
}

function fact(finding: DetectedFinding): FindingFact {
  const { id, type, time, count, severity, firstTime, sourceId, ruleId, mitre, owasp, historic } = finding;
  return {
    id,
    type,
    time,
    count,
    severity,
    firstTime,
    lastTime: Math.max(time, finding.evidence.at(-1)?.time ?? time),
    sourceId,
    ruleId,
    mitre,
    owasp,
    historic,
    address: finding.addresses[0] ?? '',
    successes: finding.successes ?? 0,
  };
}
