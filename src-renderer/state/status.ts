import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { EngineIdentity, Status } from '../../src-preload/contract/system.ts';
import { client } from '../bridge/client.ts';
import { connection } from '../bridge/connection.ts';
import { useCall } from '../bridge/use-call.ts';
import { useFeed } from '../bridge/use-feed.ts';

const status = shallowRef<Status>();
const identity = shallowRef<EngineIdentity>();
const down = computed(() => connection.state !== 'up');

export interface EngineStatus {
  /** Newest known; kept when the engine is away, so that old values can be shown as old. */
  status: ShallowRef<Status | undefined>;
  identity: ShallowRef<EngineIdentity | undefined>;
  /** The engine does not answer: nothing shown is current. */
  down: ComputedRef<boolean>;
}

/** The engine in one glance, the same for every screen. */
export function useStatus(): EngineStatus {
  return { status, identity, down };
}

/** Keeps it current; called once, by the shell. */
export function followStatus(): void {
  useFeed(
    () => client.system.watchStatus(),
    ({ items }) => {
      status.value = items.at(-1) ?? status.value;
    },
  );
  const who = useCall(() => client.system.identity());
  watch(who.data, (next) => {
    if (next !== undefined) identity.value = next;
  });
  // Another engine may answer after a restart.
  watch(
    () => connection.state,
    (state) => {
      if (state === 'up') void who.refresh();
    },
  );
}
