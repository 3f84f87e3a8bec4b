import { shallowRef, watch, type ShallowRef } from 'vue';
import type { Settings, SettingsState } from '../../src-preload/contract/settings.ts';
import { useBridge, useFeed } from '../bridge/index.ts';
import { setLanguage, systemLanguage } from '../i18n.ts';

/** A value that may stand in the settings file. */
export type SettingValue = string | number | boolean | SettingValue[] | { [name: string]: SettingValue };
/** One field by its dotted path. */
export interface SettingChange {
  path: string;
  value: SettingValue;
}

const state = shallowRef<SettingsState>();

/** The settings in force; undefined until the engine has told them. */
export function useSettings(): ShallowRef<SettingsState | undefined> {
  return state;
}

/**
 * Writes single fields. Rejects with the engine's error, whose `field` names the one at fault. Only within set-up.
 */
export function useSettingsUpdate(): (changes: SettingChange[]) => Promise<void> {
  const bridge = useBridge();
  return async (changes) => {
    const revision = state.value?.revision ?? 0;
    state.value = await bridge.act((engine, options) =>
      engine.settings.update({ revision, changes }, options),
    );
  };
}

/** Dark unless asked otherwise: what the window shows before the settings are known. */
function applyTheme(theme: Settings['display']['theme'], systemIsLight: boolean): void {
  const shown = theme === 'system' ? (systemIsLight ? 'light' : 'dark') : theme;
  const root = document.documentElement;
  root.dataset['theme'] = shown;
  root.classList.toggle('dark', shown === 'dark');
}

/** Follows the settings and applies language and theme at once; called once, by the shell. */
export function followSettings(): void {
  const light = window.matchMedia('(prefers-color-scheme: light)');
  const apply = (): void => {
    const display = state.value?.settings.display;
    applyTheme(display?.theme ?? 'dark', light.matches);
    setLanguage(display === undefined || display.language === 'system' ? systemLanguage() : display.language);
  };
  useFeed((engine, options) => engine.settings.watch(undefined, options), {
    onItems: (items) => {
      state.value = items.at(-1) ?? state.value;
    },
  });
  light.addEventListener('change', apply);
  watch(state, apply, { immediate: true });
}
