import type { BucketRule } from './rule-schema.ts';
import type { RuleState } from './rule-state.ts';

/** Rules that every plain request concerns. */
export interface RequestRules {
  /** Those that only count the requests of each address. */
  counting: readonly RuleState[];
  /** Those that count all requests together. */
  ofAll: readonly RuleState[];
  /** All others, with the status codes they are about (1 by code; undefined: any). */
  others: readonly { state: RuleState; statuses: Uint8Array | undefined }[];
}

export const noRequestRules: RequestRules = { counting: [], ofAll: [], others: [] };

export function requestRulesOf(states: readonly RuleState[]): RequestRules {
  const counting = states.filter((state) => state.table !== undefined && countsAll(state.rule));
  const ofAll = states.filter((state) => state.countsOfAll && countsAll(state.rule));
  const others = states
    .filter((state) => !counting.includes(state) && !ofAll.includes(state))
    .map((state) => ({ state, statuses: statusTable(state.rule) }));
  return { counting, ofAll, others };
}

/** Whether a rule takes every request, so that nothing else of it need be looked at. */
function countsAll({ filter }: BucketRule): boolean {
  return (
    filter.strength === 'any' &&
    !filter.pages &&
    !filter.unshared &&
    !filter.unknown_directory &&
    filter.types.length + filter.services.length + filter.except_services.length === 0
  );
}

function statusTable({ filter }: BucketRule): Uint8Array | undefined {
  if (filter.status.length === 0) return undefined;
  const table = new Uint8Array(1000);
  for (const wanted of filter.status) {
    if (wanted.endsWith('xx')) table.fill(1, Number(wanted[0]) * 100, Number(wanted[0]) * 100 + 100);
    else table[Number(wanted)] = 1;
  }
  return table;
}
