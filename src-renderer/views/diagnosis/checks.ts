import type { CheckResult, CheckSubject, ScoreName } from '../../../src-preload/contract/diagnosis.ts';
import type { Severity } from '../../../src-preload/contract/shared.ts';
import { SEVERITY_ORDER, stateRank, type MarkState } from '../../ui/states.ts';

/** In the contract's order; its own list is beside its schemas, which the window leaves out. */
export const SUBJECT_ORDER: readonly CheckSubject[] = [
  'accounts',
  'ssh',
  'passwords',
  'permissions',
  'firewall',
  'ports',
  'services',
  'kernel',
  'updates',
  'disk',
  'clock',
  'dns',
  'certificates',
  'logs',
  'yagura',
  'performance',
  'components',
];

export const SCORE_NAMES: readonly ScoreName[] = ['security', 'performance'];

/** What a check came to, as it is filtered: a failed one by how bad it is. */
export type Outcome = Severity | 'ok' | 'unknown' | 'notApplicable';
export type OutcomeFilter = Outcome | 'all';

/** Worst first. */
export const OUTCOMES: readonly Outcome[] = [...SEVERITY_ORDER, 'ok', 'unknown', 'notApplicable'];

export function outcomeOf({ status, severity }: Pick<CheckResult, 'status' | 'severity'>): Outcome {
  if (status === 'fail') return severity;
  return status === 'pass' ? 'ok' : status;
}

/** The mark of an outcome; what does not apply has none: there is nothing to see. */
export function markOf(outcome: Outcome): MarkState | undefined {
  return outcome === 'notApplicable' ? undefined : outcome;
}

export function countOutcomes(checks: readonly CheckResult[]): Map<Outcome, number> {
  const counts = new Map<Outcome, number>();
  for (const check of checks) {
    const outcome = outcomeOf(check);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return counts;
}

export interface CheckGroup {
  subject: CheckSubject;
  checks: CheckResult[];
}

function rank(check: CheckResult): number {
  const mark = markOf(outcomeOf(check));
  return mark === undefined ? Number.POSITIVE_INFINITY : stateRank(mark);
}

/** By subject; within one the worst first, then by name. Empty subjects are left out. */
export function groupChecks(checks: readonly CheckResult[]): CheckGroup[] {
  return SUBJECT_ORDER.flatMap((subject) => {
    const own = checks.filter((check) => check.subject === subject);
    own.sort((a, b) => compareNumbers(rank(a), rank(b)) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
    return own.length === 0 ? [] : [{ subject, checks: own }];
  });
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * Checks whose words hold every word searched for, in any order.
 * @param textOf all that a person may search a check by
 */
export function searchChecks(
  checks: readonly CheckResult[],
  query: string,
  textOf: (check: CheckResult) => string,
): CheckResult[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...checks];
  return checks.filter((check) => {
    const text = textOf(check).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Points are whole, or halves where a component answers badly. Nothing is scored that was not seen. */
export function isScored(check: CheckResult): boolean {
  return check.status === 'pass' || check.status === 'fail';
}
