import { mount, type VueWrapper } from '@vue/test-utils';
import { h, type Component } from 'vue';
import { createRouter, createMemoryHistory, type Router } from 'vue-router';
import type { Autostart } from '../../src-preload/contract/desktop.ts';
import type { EngineMode } from '../../src-preload/contract/system.ts';
import { Bridge, installBridge } from '../../src-renderer/bridge/index.ts';
import { i18n, setLanguage, type Language } from '../../src-renderer/i18n.ts';
import { followSettings } from '../../src-renderer/state/settings.ts';
import { followStatus } from '../../src-renderer/state/status.ts';
import { handleKey } from '../../src-renderer/ui/use-keys.ts';
import type { FakeState } from './fake-data.ts';
import { fakeDesktop, type FakeDesktop } from './fake-desktop.ts';
import { fakeEngine } from './fake-engine.ts';

export interface MountedScreen {
  wrapper: VueWrapper;
  desktop: FakeDesktop;
  router: Router;
  /** Presses a key as a person would: at what has the focus. */
  press: (key: string, options?: KeyboardEventInit) => Promise<void>;
  /** Waits until the check passes; fails with its last error. */
  until: (check: () => void) => Promise<void>;
  unmount: () => void;
}

interface Options {
  state: FakeState;
  language?: Language;
  path?: string;
  settings?: unknown;
  locked?: string[];
  mode?: EngineMode;
  atSignIn?: Autostart;
  /** Also the shell's own feeds, for a screen that is mounted alone. */
  alone?: boolean;
}

/** A screen over the real bridge and a made-up engine. Calls go through a message port, so answers take a moment. */
export async function mountScreen(screen: Component, options: Options): Promise<MountedScreen> {
  const now = Date.now();
  const engine = fakeEngine({
    state: options.state,
    now: () => now,
    pushEveryMs: 0,
    settings: { display: { language: options.language ?? 'en' }, ...(options.settings ?? {}) },
    locked: options.locked ?? [],
    mode: options.mode ?? 'normal',
  });
  const desktop = fakeDesktop(engine);
  desktop.atSignIn = options.atSignIn ?? desktop.atSignIn;
  const page = { template: '<i />' };
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [
      'overview',
      'logs',
      'threats',
      'alerts',
      'diagnosis',
      'reports',
      'settings',
      'wallboard',
      'compact',
      'welcome',
    ].map((name) => ({
      path: `/${name}`,
      name,
      component: page,
    })),
  });
  await router.push(options.path ?? '/overview');
  for (const locale of ['en', 'ja'] as const) {
    i18n.global.mergeLocaleMessage(locale, { fake: { text: '{words}' } });
  }
  setLanguage(options.language ?? 'en');

  const alone = {
    setup: () => {
      if (options.alone !== false) {
        followStatus();
        followSettings();
      }
      return () => h(screen);
    },
  };
  const wrapper = mount(alone, {
    attachTo: document.body,
    global: {
      plugins: [i18n, router, { install: (app) => installBridge(app, new Bridge(desktop)) }],
      // The picture itself needs a canvas; what it is given is tested in chart-option.
      stubs: { Echarts: true },
    },
  });
  window.addEventListener('keydown', handleKey);
  return {
    wrapper,
    desktop,
    router,
    press: async (key, init = {}) => {
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
      await wrapper.vm.$nextTick();
    },
    until,
    unmount: () => {
      window.removeEventListener('keydown', handleKey);
      wrapper.unmount();
    },
  };
}

const LIMIT_MS = 5000;

async function until(check: () => void): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
