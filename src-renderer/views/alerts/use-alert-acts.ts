import { ref, type Ref } from 'vue';
import type { Alert } from '../../../src-preload/contract/alerts.ts';

export type AlertAct = 'acknowledge' | 'resolve';

export interface AlertActCalls {
  acknowledge: (input: { id: string; note?: string }) => Promise<Alert>;
  resolve: (input: { id: string; note?: string }) => Promise<Alert>;
}

export interface ActResult {
  done: Alert[];
  /** Those that could not be acted upon, with why. */
  failed: { id: string; error: unknown }[];
}

/** True when the act changes anything about the alert. */
export function isActable(act: AlertAct, alert: Alert): boolean {
  if (alert.state === 'resolved') return false;
  return act === 'resolve' || (alert.acknowledgedAt === undefined && alert.state === 'firing');
}

/** Acts on alerts one after the other: one that fails does not keep the others from being done. */
export function useAlertActs(calls: AlertActCalls): {
  busy: Ref<boolean>;
  run: (act: AlertAct, alerts: readonly Alert[], note: string) => Promise<ActResult>;
} {
  const busy = ref(false);
  async function run(act: AlertAct, alerts: readonly Alert[], note: string): Promise<ActResult> {
    const result: ActResult = { done: [], failed: [] };
    busy.value = true;
    try {
      for (const { id } of alerts.filter((alert) => isActable(act, alert))) {
        try {
          result.done.push(await calls[act](note === '' ? { id } : { id, note }));
        } catch (error) {
          result.failed.push({ id, error });
        }
      }
    } finally {
      busy.value = false;
    }
    return result;
  }
  return { busy, run };
}
