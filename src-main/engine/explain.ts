import type { Explanation } from '../../src-preload/contract/threats.ts';
import { explainLine } from './detect/intrusion/explain.ts';
import { loadRules } from './detect/intrusion/rules.ts';
import { systemClock, type Clock } from './flow/clock.ts';
import { splitLines } from './flow/line-batch.ts';
import { createLineParser } from './parse/line-parser.ts';

export interface ExplainOptions {
  /** The resources directory, with the rules in it. */
  resources: string;
  userRules?: string | undefined;
  timeZone?: string | undefined;
  clock?: Clock | undefined;
}

/**
 * What the pipeline would make of one line, without a running engine: no buckets.
 * @throws RangeError when the time zone is unknown
 */
export function explain(line: string, options: ExplainOptions): Explanation {
  const parser = createLineParser({ timeZone: options.timeZone, clock: options.clock ?? systemClock });
  const batch = parser.parse(splitLines('explain', 0, 0, Buffer.from(line.replaceAll('\n', ' '), 'utf8')));
  return explainLine(batch, loadRules(options.resources, options.userRules).rules);
}
