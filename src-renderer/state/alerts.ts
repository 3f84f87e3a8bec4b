import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import type { Alert } from '../../src-preload/contract/alerts.ts';
import { useCall, useFeed } from '../bridge/index.ts';

export interface ActiveAlerts {
  /** Worst first, as the engine orders them. What is not yet bad for long enough asks nothing of anybody. */
  alerts: ComputedRef<readonly Alert[]>;
  /** Puts in one that an act has changed, without waiting for the feed. */
  take: (changed: Alert) => void;
}

/** Unresolved alerts, kept current. Only within set-up. */
export function useActiveAlerts(): ActiveAlerts {
  const all = shallowRef<readonly Alert[]>([]);
  const active = useCall((engine, options) => engine.alerts.active(undefined, options));
  watch(active.data, (list) => {
    if (list !== undefined) all.value = list;
  });
  useFeed((engine, options) => engine.alerts.watch(undefined, options), {
    onItems: (items) => {
      all.value = items.at(-1) ?? all.value;
    },
  });
  return {
    alerts: computed(() => all.value.filter((alert) => alert.state !== 'pending')),
    take: (changed) => {
      all.value = all.value.map((alert) => (alert.id === changed.id ? changed : alert));
    },
  };
}
