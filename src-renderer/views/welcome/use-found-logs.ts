import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { LogSource } from '../../../src-preload/contract/log-sources.ts';
import { useBridge, useCall } from '../../bridge/index.ts';
import { useEvery } from '../../ui/use-every.ts';

const REFRESH_MS = 2000;

export interface FoundLogs {
  sources: ShallowRef<readonly LogSource[] | undefined>;
  /** How many are read. */
  read: ComputedRef<number>;
  /** Why the list is not known. */
  error: ShallowRef<unknown>;
  /** What was refused last, with the place it was about. */
  refused: Ref<{ path: string; fault: unknown } | undefined>;
  refresh: () => Promise<void>;
  toggle: (source: LogSource, enabled: boolean) => Promise<void>;
  /** Shows the system's dialog and adds what was chosen. */
  add: () => Promise<void>;
}

/** The logs of this machine as they are found, and whether they are read. */
export function useFoundLogs(): FoundLogs {
  const bridge = useBridge();
  const { data, error, refresh } = useCall((engine, options) => engine.logs.sources(undefined, options));
  useEvery(REFRESH_MS, refresh);
  const sources = shallowRef<readonly LogSource[]>();
  watch(data, (next) => {
    if (next !== undefined) sources.value = next;
  });
  const refused = ref<{ path: string; fault: unknown }>();

  async function tried(path: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      refused.value = undefined;
    } catch (fault) {
      refused.value = { path, fault };
    }
  }
  return {
    sources,
    error,
    refused,
    refresh,
    read: computed(
      () => (sources.value ?? []).filter(({ enabled, state }) => enabled && state !== 'unknown').length,
    ),
    toggle: async ({ id, path }, enabled) => {
      await tried(path, () =>
        bridge.act((engine, options) => engine.logs.setSourceEnabled({ id, enabled }, options)),
      );
      await refresh();
    },
    add: async () => {
      for (const path of await bridge.desktop.chooseLogFiles()) {
        await tried(path, () => bridge.act((engine, options) => engine.logs.addSource({ path }, options)));
        if (refused.value !== undefined) break;
      }
      await refresh();
    },
  };
}
