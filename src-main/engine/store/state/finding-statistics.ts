import type { TimeRange } from '../../../../src-preload/contract/shared.ts';
import type { ReadableDatabase } from '../database.ts';
import type { AddressCounts, FindingFact } from '../types.ts';

/** Queries over whole ranges; a test pins them to their indexes. */
export const STATISTICS_QUERIES = {
  facts: `SELECT id, type, time, count, json_extract(content, '$.severity') AS severity,
    json_extract(content, '$.firstTime') AS firstTime, max(time, coalesce(json_extract(content, '$.evidence[#-1].time'), time)) AS lastTime,
    json_extract(content, '$.sourceId') AS sourceId,
    json_extract(content, '$.ruleId') AS ruleId, json_extract(content, '$.mitre') AS mitre,
    json_extract(content, '$.owasp') AS owasp, json_extract(content, '$.historic') AS historic,
    coalesce(json_extract(content, '$.addresses[0]'), '') AS address,
    coalesce(json_extract(content, '$.successes'), 0) AS successes
    FROM findings WHERE time >= ? AND time < ? ORDER BY time`,
  distinct:
    'SELECT count(DISTINCT address) AS total FROM finding_addresses WHERE finding IN (SELECT id FROM findings WHERE time >= ? AND time < ?)',
  fresh: `SELECT count(*) AS total FROM (SELECT DISTINCT address FROM finding_addresses
    WHERE finding IN (SELECT id FROM findings WHERE time >= ? AND time < ?)) AS seen
    WHERE NOT EXISTS (SELECT 1 FROM finding_addresses AS earlier WHERE earlier.address = seen.address AND earlier.time < ?)`,
  byType: `SELECT f.type AS type, count(DISTINCT a.address) AS addresses FROM findings f
    JOIN finding_addresses a ON a.finding = f.id WHERE f.time >= ? AND f.time < ? GROUP BY f.type`,
} as const;

interface FactRow extends Omit<FindingFact, 'mitre' | 'owasp' | 'historic'> {
  /** JSON arrays of strings. */
  mitre: string;
  owasp: string;
  historic: number;
}

/** Counts findings over ranges, all of them, for reports. Reads only. */
export class FindingStatistics {
  readonly #database: ReadableDatabase;

  constructor(database: ReadableDatabase) {
    this.#database = database;
  }

  /** Every finding of the range, without its evidence; oldest first. */
  facts(range: TimeRange): FindingFact[] {
    return this.#database
      .query<[number, number], FactRow>(STATISTICS_QUERIES.facts)
      .all(range.from, range.to)
      .map((row) => ({
        ...row,
        mitre: strings(row.mitre),
        owasp: strings(row.owasp),
        historic: row.historic === 1,
      }));
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

function strings(json: string): string[] {
  const value: unknown = JSON.parse(json);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
