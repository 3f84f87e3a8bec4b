import type { LogLine, ParsedLogFilter } from '../../../src-preload/contract/logs.ts';
import { severityOfLevel } from '../../../src-preload/contract/shared.ts';
import { parseTextQuery } from '../store/read/text-query.ts';

/**
 * The filter as a question to single lines: what the live tail lets through is what a search would find.
 * @throws FailureError BAD_INPUT for an expression that is none
 */
export function lineMatcher(filter: ParsedLogFilter): (line: LogLine) => boolean {
  const text = parseTextQuery(filter.text, filter.regex);
  const sources = filter.sourceIds === undefined ? undefined : new Set(filter.sourceIds);
  const { severities, address, range } = filter;
  return (line) => {
    if (severities !== undefined && !severities.includes(severityOfLevel(line.level))) return false;
    if (sources !== undefined && !sources.has(line.sourceId)) return false;
    if (address !== undefined && line.address !== address) return false;
    if (range !== undefined && (line.time < range.from || line.time >= range.to)) return false;
    return text === undefined || holds(text, line.text);
  };
}

function holds(query: NonNullable<ReturnType<typeof parseTextQuery>>, text: string): boolean {
  const bytes = Buffer.from(text);
  const hits = query.match({ latin1: bytes.toString('latin1'), bytes, ends: Uint32Array.of(bytes.length) });
  return hits?.[0] === 1;
}
