import type { EngineState } from '../../src-preload/contract/desktop.ts';
import type { Settings } from '../../src-preload/contract/settings.ts';
import type { Status } from '../../src-preload/contract/system.ts';
import { callLimit, type EngineClient } from '../wire/engine-client.ts';

/** Tray icons are glanced at: the page is told every second, this need not be. */
const GLANCE_MS = 3000;

export interface EngineWatchOptions {
  /** The connection of the moment. */
  client: () => EngineClient | undefined;
  onStatus: (status: Status) => void;
  onSettings: (settings: Settings) => void;
}

/** What the desktop itself needs to know of its engine: the settings as they change, the state at a glance. */
export class EngineWatch {
  readonly #options: EngineWatchOptions;
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #settings: Settings | undefined;

  constructor(options: EngineWatchOptions) {
    this.#options = options;
  }

  /** Newest known, also while the engine is away. */
  get settings(): Settings | undefined {
    return this.#settings;
  }

  /** To be told every state of the engine. */
  engineIs(state: EngineState): void {
    if (state.phase === 'stopping') this.#rest();
    // Silent and back is the same engine.
    if (state.phase !== 'up' || state.generation === this.#generation) return;
    this.#generation = state.generation;
    this.#rest();
    this.#timer = setInterval(() => void this.#glance(), GLANCE_MS);
    void this.#glance();
    void this.#followSettings();
  }

  /** Writes one setting. @throws the engine's error, or when it is away */
  async set(path: string, value: string | boolean): Promise<void> {
    const client = this.#options.client();
    if (client === undefined) throw new Error('The engine is away.');
    const { revision } = await client.settings.get(undefined, callLimit());
    await client.settings.update({ revision, changes: [{ path, value }] }, callLimit());
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #glance(): Promise<void> {
    const client = this.#options.client();
    if (client === undefined) return;
    // One that does not answer is the heartbeat's business.
    const status = await client.system.status(undefined, callLimit(GLANCE_MS)).catch(() => undefined);
    if (status !== undefined) this.#options.onStatus(status);
  }

  /** Ends with the connection. */
  async #followSettings(): Promise<void> {
    const client = this.#options.client();
    if (client === undefined) return;
    try {
      for await (const push of await client.settings.watch(undefined)) {
        const { subscription, sequence, items } = push;
        const newest = items.at(-1);
        if (newest !== undefined) {
          this.#settings = newest.settings;
          this.#options.onSettings(newest.settings);
        }
        await client.system.acknowledge({ subscription, sequence }, callLimit());
      }
    } catch {
      // The engine went away; the next one is followed anew.
    }
  }
}
