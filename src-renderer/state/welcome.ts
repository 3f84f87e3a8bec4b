import { computed, ref, type ComputedRef } from 'vue';
import { useSettings, useSettingsUpdate } from './settings.ts';
import { useStatus } from './status.ts';

/** Gone through in this window, also when it could not be written down. */
const passed = ref(false);
/** The strip beside a terminal is no place for it. */
const LEAST_WIDTH = 1000;

export interface Welcome {
  /** The first-run screen is to be shown: nobody has gone through it with these settings. */
  due: ComputedRef<boolean>;
  /** Not again. Rejects with the engine's error when that could not be written. */
  pass: () => Promise<void>;
}

/** Only within set-up. */
export function useWelcome(): Welcome {
  const settings = useSettings();
  const update = useSettingsUpdate();
  const { identity } = useStatus();
  return {
    due: computed(
      () =>
        !passed.value &&
        settings.value?.settings.desktop.welcomed === false &&
        identity.value?.mode === 'normal' &&
        window.innerWidth >= LEAST_WIDTH,
    ),
    pass: async () => {
      passed.value = true;
      await update([{ path: 'desktop.welcomed', value: true }]);
    },
  };
}

/** For tests: as in a window that was just opened. */
export function forgetWelcome(): void {
  passed.value = false;
}
