import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { SettingsState } from '../../../src-preload/contract/settings.ts';

export interface AllowlistCalls {
  get: () => Promise<SettingsState>;
  update: (input: {
    revision: number;
    changes: { path: string; value: string[] }[];
  }) => Promise<SettingsState>;
}

export interface Allowlist {
  entries: ComputedRef<readonly string[]>;
  busy: Ref<boolean>;
  /** Adds the address; answers what takes it back. Reads the list first, so that a change made elsewhere is kept. */
  add: (address: string) => Promise<() => Promise<void>>;
}

function newer(a: SettingsState | undefined, b: SettingsState | undefined): SettingsState | undefined {
  return (a?.revision ?? -1) >= (b?.revision ?? -1) ? a : b;
}

const PATH = 'detection.allowlist';

/** The allowlist as a setting. Exact entries only: whether a range covers an address is the engine's to say. */
export function useAllowlist(
  settings: Readonly<ShallowRef<SettingsState | undefined>>,
  calls: AllowlistCalls,
): Allowlist {
  const busy = ref(false);
  /** What an act of ours answered; newer than what was read. */
  const changed = shallowRef<SettingsState>();

  async function change(make: (entries: readonly string[]) => string[]): Promise<void> {
    busy.value = true;
    try {
      const now = await calls.get();
      changed.value = await calls.update({
        revision: now.revision,
        changes: [{ path: PATH, value: make(now.settings.detection.allowlist) }],
      });
    } finally {
      busy.value = false;
    }
  }

  return {
    entries: computed(() => newer(changed.value, settings.value)?.settings.detection.allowlist ?? []),
    busy,
    add: async (address) => {
      await change((entries) => [...entries.filter((each) => each !== address), address]);
      return () => change((entries) => entries.filter((each) => each !== address));
    },
  };
}
