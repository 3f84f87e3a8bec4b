import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { shallowRef, type ShallowRef } from 'vue';
import type { EngineState } from '../../src-preload/contract/desktop.ts';
import type { Contract } from '../../src-preload/contract/index.ts';
import { CALL_TIMEOUT_MS } from '../../src-preload/contract/limits.ts';
import type { Desktop } from './desktop.ts';
import { plainError, toEngineError } from './engine-error.ts';

/** Every call of the contract, typed. Valid within one call only: the next one may go to another engine. */
export type EngineClient = ContractRouterClient<Contract>;

/** One way of asking: gets the engine of the moment and the signal to pass on. */
export type Ask<Answer> = (engine: EngineClient, options: { signal: AbortSignal }) => Promise<Answer>;

export interface CallLimits {
  /** The caller's own: cancels. */
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
}

/** A port to one engine, until it is lost. */
export interface Link {
  client: EngineClient;
  /** Fires when the port or its engine is gone. */
  lost: AbortSignal;
}

/** Between two requests for a port while the engine is said to be up. */
const PORT_RETRY_MS = 250;

/**
 * The page's way to the engine. A call on a closed port would hang for ever, so views never hold a client: they hand over
 * what they want to ask, and get an answer or an error, always.
 */
export class Bridge {
  readonly desktop: Desktop;
  /** How the engine is. */
  readonly state: Readonly<ShallowRef<EngineState>>;
  /** The last state in which it was away; kept while it starts again, gone when it is up. */
  readonly absence: Readonly<ShallowRef<EngineState | undefined>>;
  readonly #state = shallowRef<EngineState>({ phase: 'starting', attempt: 1 });
  readonly #absence = shallowRef<EngineState>();
  #link: (Link & { lose: () => void }) | undefined;
  #waiting = new Set<(link: Link) => void>();
  #asking = false;

  constructor(desktop: Desktop) {
    this.desktop = desktop;
    this.state = this.#state;
    this.absence = this.#absence;
    desktop.onEnginePort((port) => this.#connect(port));
    desktop.onEngineState((state) => this.#onState(state));
  }

  /**
   * Reads: waits for an engine while it is down, and asks again when it went down in between.
   * @throws EngineError TIMED_OUT, CANCELLED, or what the engine answered
   */
  async read<Answer>(ask: Ask<Answer>, limits: CallLimits = {}): Promise<Answer> {
    const end = endOf(limits);
    for (;;) {
      const link = await this.link(end.signal).catch(() => {
        throw end.error();
      });
      try {
        return await askOver(link, ask, end);
      } catch (error) {
        // Lost on the way: nothing has changed by asking, so it may be asked again.
        if (!link.lost.aborted || end.signal.aborted) throw error;
      }
    }
  }

  /**
   * Acts: refused at once while the engine is down, and never repeated, since nobody knows whether it was done.
   * @throws EngineError UNAVAILABLE, TIMED_OUT, CANCELLED, or what the engine answered
   */
  async act<Answer>(ask: Ask<Answer>, limits: CallLimits = {}): Promise<Answer> {
    if (this.#link === undefined) throw plainError('UNAVAILABLE');
    return askOver(this.#link, ask, endOf(limits));
  }

  /** The link of now, or the next one. Rejects when the signal fires first. */
  link(signal: AbortSignal): Promise<Link> {
    if (signal.aborted) return Promise.reject(plainError('CANCELLED'));
    if (this.#link !== undefined) return Promise.resolve(this.#link);
    return new Promise((resolve, reject) => {
      const give = (link: Link): void => {
        signal.removeEventListener('abort', refuse);
        resolve(link);
      };
      const refuse = (): void => {
        this.#waiting.delete(give);
        reject(plainError('CANCELLED'));
      };
      this.#waiting.add(give);
      signal.addEventListener('abort', refuse, { once: true });
    });
  }

  #onState(state: EngineState): void {
    const before = this.#state.value;
    if (state.phase === 'up') this.#absence.value = undefined;
    else if (state.phase === 'down') this.#absence.value = firstHeardOf(state, this.#absence.value);
    else if (state.phase === 'silent') this.#absence.value = state;
    this.#state.value = state;
    if (state.phase === 'silent') return;
    if (state.phase !== 'up') {
      this.#link?.lose();
      return;
    }
    const another = !('generation' in before) || before.generation !== state.generation;
    if (another) this.#link?.lose();
    void this.#askForPort();
  }

  /** Until it is here: the engine may be up and yet have no connection free this moment. */
  async #askForPort(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#state.value.phase === 'up' && this.#link === undefined) {
        // Arrives as a message of its own, by `#connect`.
        await this.desktop.requestEnginePort().catch(() => false);
        await new Promise((resolve) => setTimeout(resolve, PORT_RETRY_MS));
      }
    } finally {
      this.#asking = false;
    }
  }

  #connect(port: MessagePort): void {
    this.#link?.lose();
    const gone = new AbortController();
    const lose = (): void => {
      gone.abort();
      port.close();
      if (this.#link?.lost !== gone.signal) return;
      this.#link = undefined;
      // The port alone may be gone, with the engine still up.
      if (this.#state.value.phase === 'up') void this.#askForPort();
    };
    // Before oRPC's own listener: what it then rejects must already be known to be lost.
    port.addEventListener('close', lose);
    const client = createORPCClient<EngineClient>(new RPCLink({ port }));
    const link = { client, lost: gone.signal, lose };
    this.#link = link;
    port.start();
    for (const give of [...this.#waiting]) {
      this.#waiting.delete(give);
      give(link);
    }
  }
}

/** Tries that fail one after another are one absence: it began with the first of them. */
function firstHeardOf(state: EngineState & { phase: 'down' }, before: EngineState | undefined): EngineState {
  if (before === undefined || !('since' in before)) return state;
  return { ...state, since: Math.min(state.since, before.since) };
}

/** When a call is over at the latest, and with which error. */
interface End {
  signal: AbortSignal;
  error: () => Error;
}

function endOf({ signal, timeoutMs = CALL_TIMEOUT_MS }: CallLimits): End {
  const limit = AbortSignal.timeout(timeoutMs);
  return {
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    // The wire says AbortError for all of them: told apart by whose signal fired.
    error: () => plainError(signal?.aborted === true ? 'CANCELLED' : 'TIMED_OUT'),
  };
}

async function askOver<Answer>(link: Link, ask: Ask<Answer>, end: End): Promise<Answer> {
  const stop = AbortSignal.any([end.signal, link.lost]);
  const stopped = new Promise<never>((_resolve, reject) => {
    const refuse = (): void => reject(end.signal.aborted ? end.error() : plainError('UNAVAILABLE'));
    if (stop.aborted) refuse();
    else stop.addEventListener('abort', refuse, { once: true });
  });
  try {
    // Both: the signal asks the engine to stop working, the race ends the waiting even if nobody listens.
    return await Promise.race([ask(link.client, { signal: stop }), stopped]);
  } catch (error) {
    if (end.signal.aborted) throw end.error();
    if (link.lost.aborted) throw plainError('UNAVAILABLE');
    throw toEngineError(error);
  }
}
