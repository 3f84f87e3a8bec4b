import { hasInjectionContext, inject, type App, type InjectionKey } from 'vue';
import type { Bridge } from './bridge.ts';

const BRIDGE: InjectionKey<Bridge> = Symbol('bridge');

/** Gives every view of the app its way to the engine. */
export function installBridge(app: App, bridge: Bridge): void {
  app.provide(BRIDGE, bridge);
}

/** The bridge of the app around. Only within a component's set-up. */
export function useBridge(): Bridge {
  const bridge = hasInjectionContext() ? inject(BRIDGE) : undefined;
  if (bridge === undefined)
    throw new Error('No bridge here: installBridge was not called, or not in set-up.');
  return bridge;
}
