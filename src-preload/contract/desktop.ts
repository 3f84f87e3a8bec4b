/**
 * What the desktop gives its page beside the engine's wire. Free of zod: the preload script loads it. Everything that
 * needs a domain goes over the wire; here is only what a page can't do itself.
 */

import type { Message } from './shared.ts';

/** Names of the messages between page and main process. */
export const DESKTOP_CHANNELS = {
  engineState: 'engine-state',
  enginePort: 'engine-port',
  restartEngine: 'restart-engine',
  copyText: 'copy-text',
  chooseLogFiles: 'choose-log-files',
} as const;

/** `data` of the window message that carries an engine port: ports can't pass the context bridge. */
export const ENGINE_PORT_MESSAGE = 'yagura-engine-port';

/** Longest text that may be copied to the clipboard, in characters. */
export const MAX_COPY_LENGTH = 4_000_000;

/** Why the engine is not there. */
export interface EngineEnd {
  kind:
    /** Ended by a signal or with a code other than 0. */
    | 'crashed'
    /** Ended by itself with code 0. */
    | 'exited'
    /** Could not be started: no runtime, or the file is missing. */
    | 'notStarted'
    /** Started, but did not answer in time. */
    | 'notReady'
    /** Did not answer any more and was ended. */
    | 'unresponsive'
    /** An engine that somebody else started went away. */
    | 'lost'
    /** An engine of another version holds this data directory. */
    | 'otherVersion';
  /** Exit code, where there was one. */
  code?: number | undefined;
  signal?: string | undefined;
  /** For the curious: what the system said. */
  detail?: string | undefined;
  /** For people: what is wrong and what to do, where that is known. */
  reason?: Message | undefined;
}

export type EngineState =
  | { phase: 'starting'; attempt: number }
  /** `generation` counts engines since the desktop started: another number means every stream must be asked for anew. */
  | { phase: 'up'; generation: number; attached: boolean }
  /** Still there, but silent since `since`. */
  | { phase: 'silent'; generation: number; since: number }
  | { phase: 'down'; since: number; attempt: number; nextTryAt: number; end: EngineEnd }
  | { phase: 'stopping' };

/** `window.yagura`. */
export interface DesktopApi {
  platform: string;
  versions: { electron: string; chromium: string; node: string };
  /** Calls the listener with the state now and after every change; returns how to stop it. */
  onEngineState: (listener: (state: EngineState) => void) => () => void;
  /** Asks for a port to the engine; it arrives as a window message {@link ENGINE_PORT_MESSAGE}. False: the engine is down. */
  requestEnginePort: () => Promise<boolean>;
  /** Tries at once instead of waiting for the next attempt; an engine that runs is ended and started again. */
  restartEngine: () => Promise<void>;
  copyText: (text: string) => Promise<void>;
  /** Shows the system's dialog; empty when it was cancelled. */
  chooseLogFiles: () => Promise<string[]>;
}
