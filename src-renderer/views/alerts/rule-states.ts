import type { AlertRuleInfo } from '../../../src-preload/contract/alerts.ts';

/** How many rules can't see what they watch: that nothing fires says little meanwhile. */
export function blindOf(rules: readonly AlertRuleInfo[]): number {
  return rules.filter(({ state }) => ['noData', 'noSource', 'error'].includes(state)).length;
}

/** When a rule was evaluated last; 0 when none was. */
export function lastEvaluationOf(rules: readonly AlertRuleInfo[]): number {
  return Math.max(0, ...rules.map((each) => each.lastEvaluatedAt ?? 0));
}
