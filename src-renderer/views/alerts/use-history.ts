import { computed, shallowRef, ref, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Alert } from '../../../src-preload/contract/alerts.ts';
import type { TimeRange } from '../../../src-preload/contract/shared.ts';

export interface HistoryPage {
  alerts: Alert[];
  total: number;
}

const PAGE = 100;

export interface AlertHistory {
  alerts: ShallowRef<readonly Alert[]>;
  total: Ref<number>;
  loading: Ref<boolean>;
  error: ShallowRef<unknown>;
  hasMore: ComputedRef<boolean>;
  reload: () => Promise<void>;
  more: () => Promise<void>;
}

/** Past alerts, newest first, page by page. An answer to a question that was asked anew is thrown away. */
export function useHistory(
  fetch: (input: { range: TimeRange; before?: string; limit: number }) => Promise<HistoryPage>,
  range: () => TimeRange,
): AlertHistory {
  const alerts = shallowRef<readonly Alert[]>([]);
  const total = ref(0);
  const loading = ref(false);
  const error = shallowRef<unknown>();
  let turn = 0;
  let asked: TimeRange = { from: 0, to: 0 };

  async function load(before: string | undefined): Promise<void> {
    turn += 1;
    const mine = turn;
    loading.value = true;
    try {
      const page = await fetch({ range: asked, limit: PAGE, ...(before !== undefined && { before }) });
      if (mine !== turn) return;
      const known = new Set(before === undefined ? [] : alerts.value.map((alert) => alert.id));
      const kept = before === undefined ? [] : alerts.value;
      alerts.value = [...kept, ...page.alerts.filter((alert) => !known.has(alert.id))];
      // Nothing new in a page: the end, whatever the total says.
      total.value = page.alerts.length === 0 ? alerts.value.length : page.total;
      error.value = undefined;
    } catch (problem) {
      if (mine === turn) error.value = problem;
    } finally {
      if (mine === turn) loading.value = false;
    }
  }

  return {
    alerts,
    total,
    loading,
    error,
    hasMore: computed(() => alerts.value.length < total.value),
    reload: () => {
      asked = range();
      return load(undefined);
    },
    more: () => (loading.value ? Promise.resolve() : load(alerts.value.at(-1)?.id)),
  };
}
