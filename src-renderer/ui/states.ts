import type { Severity, State } from '../../src-preload/contract/shared.ts';

/** What a mark can show: the states of the contract, and "silenced", which is a person's decision. */
export type MarkState = State | 'silenced';

/** Worst first; unknown is worse than a hint and better than a warning: blindness must not hide what is seen. */
const ORDER: readonly MarkState[] = ['critical', 'error', 'warning', 'unknown', 'info', 'ok', 'silenced'];

/** The four severities, worst first. The contract's own list is beside its schemas, which the window leaves out. */
export const SEVERITY_ORDER: readonly Severity[] = ['critical', 'error', 'warning', 'info'];

/** For sorting: 0 is the worst. */
export function stateRank(state: MarkState): number {
  return ORDER.indexOf(state);
}

export function worstState(states: Iterable<MarkState>): MarkState | undefined {
  let worst: MarkState | undefined;
  for (const state of states) {
    if (worst === undefined || stateRank(state) < stateRank(worst)) worst = state;
  }
  return worst;
}

export function isSeverity(state: MarkState): state is Severity {
  return state === 'critical' || state === 'error' || state === 'warning' || state === 'info';
}
