import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { EngineEnd, EngineState } from '../../src-preload/contract/desktop.ts';
import type { EngineIdentity, Status } from '../../src-preload/contract/system.ts';
import { useBridge, useCall, useFeed } from '../bridge/index.ts';

/** How the engine is, in what a screen needs of it. */
export interface Connection {
  state: 'starting' | 'up' | 'down';
  /** Nothing was heard since. */
  since?: number | undefined;
  /** Restarts tried in a row. */
  attempt: number;
  /** It is being started this moment. */
  trying: boolean;
  /** When the last try failed. */
  waitingSince?: number | undefined;
  /** It is there, but says nothing. */
  silent?: boolean | undefined;
  nextTryAt?: number | undefined;
  end?: EngineEnd | undefined;
}

const status = shallowRef<Status>();
const identity = shallowRef<EngineIdentity>();

/**
 * Silent counts as down: what does not answer does not watch. Starting again after it went away is still being away, for
 * the same reason and since the same moment.
 * @param absence the last state in which it was said to be away, until it is up again
 */
export function connectionOf(state: EngineState, absence?: EngineState): Connection {
  switch (state.phase) {
    case 'up':
      return { state: 'up', attempt: 0, trying: false };
    case 'silent':
      return { state: 'down', since: state.since, attempt: 0, trying: false, silent: true };
    case 'down':
      return {
        state: 'down',
        since: absence !== undefined && 'since' in absence ? absence.since : state.since,
        attempt: state.attempt,
        trying: false,
        waitingSince: state.since,
        nextTryAt: state.nextTryAt,
        end: state.end,
      };
    case 'starting':
      return absence === undefined
        ? { state: 'starting', attempt: state.attempt, trying: true }
        : { ...connectionOf(absence), attempt: state.attempt, trying: true, nextTryAt: undefined };
    case 'stopping':
      return absence === undefined
        ? { state: 'down', attempt: 0, trying: false }
        : { ...connectionOf(absence), trying: false };
  }
}

export interface EngineStatus {
  /** Newest known; kept when the engine is away, so that old values can be shown as old. */
  status: ShallowRef<Status | undefined>;
  identity: ShallowRef<EngineIdentity | undefined>;
  connection: ComputedRef<Connection>;
  /** The engine does not answer: nothing shown is current. */
  down: ComputedRef<boolean>;
}

/** The engine in one glance, the same for every screen. Only within a component's set-up. */
export function useStatus(): EngineStatus {
  const bridge = useBridge();
  const connection = computed(() => connectionOf(bridge.state.value, bridge.absence.value));
  const down = computed(() => connection.value.state !== 'up');
  return { status, identity, connection, down };
}

/** Keeps it current; called once, by the shell. */
export function followStatus(): void {
  useFeed((engine, options) => engine.system.watchStatus(undefined, options), {
    onItems: (items) => {
      status.value = items.at(-1) ?? status.value;
    },
  });
  // Asked again by itself when another engine answers.
  const who = useCall((engine, options) => engine.system.identity(undefined, options));
  watch(who.data, (next) => {
    if (next !== undefined) identity.value = next;
  });
}
