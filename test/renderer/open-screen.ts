import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import type { Component } from 'vue';
import { createMemoryHistory, createRouter, type Router } from 'vue-router';
import { installBridge, type EngineClient } from '../../src-renderer/bridge/index.ts';
import { i18n, setLanguage } from '../../src-renderer/i18n.ts';
import { handleKey } from '../../src-renderer/ui/use-keys.ts';
import { FakeBridge } from './fake-bridge.ts';

export interface OpenScreen {
  screen: VueWrapper;
  router: Router;
  bridge: FakeBridge;
  /** Presses a key with the focus on the page, as the window's handler gets it. */
  press: (key: string, init?: KeyboardEventInit) => Promise<void>;
  end: () => void;
}

/** Mounts a whole screen upon a fake engine, with router, words and the window's key handler. */
export async function openScreen(view: Component, client: EngineClient, path = '/'): Promise<OpenScreen> {
  setLanguage('en');
  // Engine texts of tests carry their words.
  i18n.global.mergeLocaleMessage('en', { fake: { text: '{words}' } });
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:screen(.*)*', component: { template: '<div />' } }],
  });
  await router.push(path);
  const bridge = new FakeBridge(client);
  window.addEventListener('keydown', handleKey);
  const screen = mount(view, {
    attachTo: document.body,
    global: {
      plugins: [i18n, router, { install: (app) => installBridge(app, bridge) }],
      // A canvas is nothing in a DOM without one.
      stubs: { TimeChart: true },
    },
  });
  await flushPromises();
  return {
    screen,
    router,
    bridge,
    press: async (key, init = {}) => {
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
      );
      await flushPromises();
      await flushPromises();
    },
    end: () => {
      screen.unmount();
      window.removeEventListener('keydown', handleKey);
      document.body.innerHTML = '';
    },
  };
}
