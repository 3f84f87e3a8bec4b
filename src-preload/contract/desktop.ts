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
  chooseFolder: 'choose-folder',
  saveFile: 'save-file',
  saveArchiveKey: 'save-archive-key',
  usage: 'usage',
  autostart: 'autostart',
  setAutostart: 'set-autostart',
  windowMode: 'window-mode',
  startDemo: 'start-demo',
  chooseBundle: 'choose-bundle',
  showBundle: 'show-bundle',
  goTo: 'go-to',
} as const;

/** `data` of the window message that carries an engine port: ports can't pass the context bridge. */
export const ENGINE_PORT_MESSAGE = 'yagura-engine-port';

/** Longest text that may be copied to the clipboard, in characters. */
export const MAX_COPY_LENGTH = 4_000_000;

/** Largest file a page may hand over to be saved: 256 MiB. */
export const MAX_SAVE_BYTES = 256 * 1024 * 1024;
/** Longest name a page may suggest for it, in characters. */
export const MAX_NAME_LENGTH = 200;

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

/**
 * normal: a window like any other. wallboard: the whole screen. compact: a narrow strip at the screen's edge, above other
 * windows. Only the normal window's place is remembered.
 */
export const WINDOW_MODES = ['normal', 'wallboard', 'compact'] as const;
export type WindowMode = (typeof WINDOW_MODES)[number];

/** Starting with the user's session. */
export interface Autostart {
  /** False: this system (or this way of running) offers none; `set` then changes nothing. */
  supported: boolean;
  enabled: boolean;
}

/** What one process of the desktop uses. The engine tells its own share itself (`Status.own`). */
export interface ProcessUsage {
  type: 'main' | 'page' | 'graphics' | 'helper';
  /** Percent of one core since the usage was asked for before; 0 the first time. */
  cpuPercent: number;
  /** Its share of memory (PSS) where the system tells that, else its working set. */
  memoryBytes: number;
}

/** How saving a copy of the archives' key went. The key itself never comes to the page. */
export type SavedArchiveKey =
  | { outcome: 'saved'; path: string; fingerprint: string }
  | { outcome: 'cancelled' }
  | { outcome: 'failed'; message: Message };

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
  /** Shows the system's dialog; null when it was cancelled. */
  chooseFolder: () => Promise<string | null>;
  /**
   * Asks the user where to save, and writes there, whole or not at all; only its user can read the file. A page never
   * names a path: of the suggested name only its last part counts.
   * @param bytes at most {@link MAX_SAVE_BYTES}
   * @returns where it was written; null when it was cancelled. Rejects when it could not be written.
   */
  saveFile: (suggestedName: string, bytes: Uint8Array) => Promise<string | null>;
  /** Asks the user where, and has the engine write a copy of the archives' key there that only its user can read. */
  saveArchiveKey: () => Promise<SavedArchiveKey>;
  usage: () => Promise<ProcessUsage[]>;
  autostart: {
    get: () => Promise<Autostart>;
    /** Returns how it is then. Rejects when the system refuses. */
    set: (enabled: boolean) => Promise<Autostart>;
  };
  /** The wallboard and the compact screen call it when they are shown, and with `normal` when they are left. */
  setWindowMode: (mode: WindowMode) => Promise<void>;
  /** Shows the system's dialog; null when it was cancelled. */
  chooseBundle: () => Promise<string | null>;
  /** Shows a bundle that the engine unpacked into a directory of its own, in a second Yagura that can only read. */
  showBundle: (directory: string) => Promise<void>;
  /** Starts a second Yagura that watches logs written for show, in a directory of its own. */
  startDemo: () => Promise<void>;
  /**
   * Calls the listener when somebody chose a place outside of the page: the tray's `#/wallboard` and `#/compact`, or a
   * notification's `#/alerts`. Returns how to stop it.
   */
  onGoTo: (listener: (hash: string) => void) => () => void;
}
