import type { ParsedLogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { LineFilter } from '../store/read/line-filter.ts';
import type { QueryOptions } from '../store/read/query/compile.ts';
import { unitOfLine } from '../store/read/line-unit.ts';

/**
 * The filter as a question to single lines: what the live tail lets through is what a search would find.
 * @throws FailureError BAD_INPUT for a query that is none
 */
export function lineMatcher(filter: ParsedLogFilter, options: QueryOptions): (line: LogLine) => boolean {
  const lineFilter = new LineFilter(filter, options);
  return (line) => {
    const unit = unitOfLine(line);
    return lineFilter.overlaps(unit) && lineFilter.mayMatch(unit) && lineFilter.match(unit) !== undefined;
  };
}
