import type { Explanation } from '../../src-preload/contract/threats.ts';
import { explainLine } from './detect/intrusion/explain.ts';
import type { RuleSet } from './detect/intrusion/rule-set.ts';
import { loadRules } from './detect/intrusion/rules.ts';
import { systemClock, type Clock } from './flow/clock.ts';
import { FailureError } from './flow/failure.ts';
import { splitLines } from './flow/line-batch.ts';
import { createLineParser, type LineParser } from './parse/line-parser.ts';
import type { RulePlaces } from './rule-library.ts';

export interface ExplainOptions extends RulePlaces {
  userRules?: string | undefined;
  timeZone?: string | undefined;
  clock?: Clock | undefined;
}

/**
 * What the pipeline would make of one line, changing nothing. Buckets are not looked at: their state belongs to a running
 * engine's log writer.
 * @throws FailureError BAD_INPUT when the time zone is unknown
 */
export function explainWith(
  rules: RuleSet,
  line: string,
  timeZone: string | undefined,
  clock: Clock,
): Explanation {
  const parser = parserFor(timeZone, clock);
  const batch = parser.parse(splitLines('explain', 0, 0, Buffer.from(line.replaceAll('\n', ' '), 'utf8')));
  return explainLine(batch, rules);
}

/** As {@link explainWith}, without an engine. */
export function explain(line: string, options: ExplainOptions): Explanation {
  const { rules } = loadRules(options.resources, options.userRules, options.builtRules);
  return explainWith(rules, line, options.timeZone, options.clock ?? systemClock);
}

function parserFor(timeZone: string | undefined, clock: Clock): LineParser {
  try {
    return createLineParser({ timeZone, clock });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = { key: 'engine.unknownTimeZone', parameters: { timeZone: timeZone ?? '' } };
    throw new FailureError({ kind: 'BAD_INPUT', message, field: 'timeZone', cause: error });
  }
}
