import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { EngineEnd, EngineState } from '../../src-preload/contract/desktop.ts';
import { PROTOCOL_VERSION } from '../../src-preload/contract/limits.ts';
import type { EngineMode } from '../../src-preload/contract/system.ts';
import { CLOSE_STOP, HOST_PATH } from '../../src-preload/contract/wire.ts';
import { connectEngine } from '../wire/connect.ts';
import { readEngineAddress } from '../wire/engine-address.ts';
import { callLimit, connectClient, type EngineConnection } from '../wire/engine-client.ts';
import { backOff } from '../back-off.ts';
import type { ChildEnd, EngineChild, LaunchChoice } from './engine-runtime.ts';
import { watchHeartbeat } from './heartbeat.ts';

/** An engine with a large store checks it before it answers. */
const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 20;
/** How long a stopping engine may take to write what it holds. */
const DRAIN_MS = 5000;
/** Up for this long, an engine's next end starts the counting of attempts anew. */
const STABLE_MS = 30_000;

export interface EngineProcessOptions {
  dataDirectory: string;
  engineFile: string;
  /** What the engine is to watch. */
  mode: EngineMode;
  /** Asked anew before every start: what was missing may be there by then. */
  chooseLauncher: () => Promise<LaunchChoice>;
  onState: (state: EngineState) => void;
  /** Serves host services on a connection to the engine. */
  serveHost: (socket: WebSocket) => void;
}

/** An engine that answered. */
interface LiveEngine {
  connection: EngineConnection;
  host: WebSocket;
  /** Undefined: somebody else started it. */
  child: EngineChild | undefined;
}

type Outcome = { engine: LiveEngine } | { end: EngineEnd };

/**
 * The engine as a supervised object: attaches to the one that runs for the data directory, or starts one; tells how it is;
 * brings it back when it ends; lets it finish when the desktop quits.
 */
export class EngineProcess {
  readonly #options: EngineProcessOptions;
  #state: EngineState = { phase: 'starting', attempt: 1 };
  #engine: LiveEngine | undefined;
  #child: EngineChild | undefined;
  #childEnd: Promise<ChildEnd> | undefined;
  #generation = 0;
  #stopping = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> | undefined;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The connection to the engine while it is up. */
  get connection(): EngineConnection | undefined {
    return this.#engine?.connection;
  }

  start(): void {
    this.#loop ??= this.#supervise();
  }

  /** Tries at once when down; ends an engine of ours that runs, which brings a new one. */
  restart(): void {
    if (this.#wake !== undefined) this.#wake();
    else if (this.#engine?.child !== undefined) this.#engine.host.close(CLOSE_STOP);
  }

  /** Asks an engine of ours to finish, waits at most five seconds, then ends it. An attached one is left alone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#set({ phase: 'stopping' });
    this.#wake?.();
    const engine = this.#engine;
    if (engine?.child !== undefined) engine.host.close(CLOSE_STOP);
    else if (engine !== undefined) hangUp(engine);
    else kill(this.#child, 'SIGTERM');
    const ended = this.#childEnd;
    if (ended !== undefined && (await within(ended, DRAIN_MS)) === undefined) kill(this.#child, 'SIGKILL');
    await within(this.#loop ?? Promise.resolve(), DRAIN_MS);
  }

  async #supervise(): Promise<void> {
    let attempt = 1;
    while (!this.#stopping) {
      this.#set({ phase: 'starting', attempt });
      const outcome = await this.#attachOrStart();
      let end: EngineEnd;
      if ('engine' in outcome) {
        const upSince = Date.now();
        end = await this.#accompany(outcome.engine);
        if (Date.now() - upSince > STABLE_MS) attempt = 1;
      } else end = outcome.end;
      if (this.#isStopping()) return;
      const delay = backOff(attempt);
      const since = Date.now();
      attempt += 1;
      this.#set({ phase: 'down', since, attempt, nextTryAt: since + delay, end });
      await this.#pause(delay);
    }
  }

  async #attachOrStart(): Promise<Outcome> {
    try {
      const attached = await this.#connect(undefined);
      if (attached !== undefined) return attached;
    } catch (error) {
      return { end: { kind: 'notStarted', detail: String(error) } };
    }
    return this.#launch();
  }

  async #launch(): Promise<Outcome> {
    const { chooseLauncher, engineFile, dataDirectory, mode } = this.#options;
    const choice = await chooseLauncher();
    if (!('launch' in choice)) return { end: { kind: 'notStarted', ...choice } };
    if (this.#isStopping()) return { end: { kind: 'notStarted' } };
    const child = choice.launch(engineFile, ['--data', dataDirectory, '--owned', '--mode', mode]);
    this.#child = child;
    const fate: { end?: ChildEnd } = {};
    this.#childEnd = new Promise((resolve) => {
      child.onEnd((end) => {
        fate.end = end;
        // Its number may soon be another process's.
        if (this.#child === child) this.#child = undefined;
        resolve(end);
      });
    });
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (Date.now() < deadline) {
      const outcome = await this.#connect(child);
      if (outcome !== undefined) return outcome;
      if (fate.end !== undefined) return { end: asEngineEnd(fate.end) };
      await sleep(READY_POLL_MS);
    }
    kill(child, 'SIGKILL');
    return { end: { kind: 'notReady' } };
  }

  /**
   * Handshake with the engine that the data directory names: it must connect and answer a first call.
   * @param child the process just started; undefined: any engine will do
   * @returns undefined when there is none (yet)
   */
  async #connect(child: EngineChild | undefined): Promise<Outcome | undefined> {
    const address = await readEngineAddress(this.#options.dataDirectory);
    if (address === undefined || (child !== undefined && address.file.pid !== child.pid)) return undefined;
    let connection: EngineConnection | undefined;
    try {
      connection = await connectClient(address);
      const identity = await connection.client.system.identity(undefined, callLimit());
      if (identity.protocol !== PROTOCOL_VERSION) {
        connection.close();
        return { end: otherVersion(identity.version) };
      }
      const host = await connectEngine(address, { path: HOST_PATH, owner: child !== undefined });
      return { engine: { connection, host, child } };
    } catch {
      // A file left over, or an engine that is ending: as if there were none.
      connection?.close();
      return undefined;
    }
  }

  /** Stays with an engine until it is gone, and tells why. */
  async #accompany(engine: LiveEngine): Promise<EngineEnd> {
    this.#generation += 1;
    const generation = this.#generation;
    const up: EngineState = { phase: 'up', generation, attached: engine.child === undefined };
    this.#engine = engine;
    this.#options.serveHost(engine.host);
    const closed = new Promise<void>((resolve) => engine.host.once('close', () => resolve()));
    const fate = { silent: false };
    const stopHeartbeat = watchHeartbeat(engine.host, {
      onSilent: () => this.#set({ phase: 'silent', generation, since: Date.now() }),
      onBack: () => this.#set(up),
      onLost: () => {
        fate.silent = true;
        kill(engine.child, 'SIGKILL');
        engine.host.terminate();
      },
    });
    this.#set(up);
    await closed;
    stopHeartbeat();
    this.#engine = undefined;
    hangUp(engine);
    if (engine.child === undefined) return { kind: fate.silent ? 'unresponsive' : 'lost' };
    const end = await this.#endOfChild(engine.child);
    return fate.silent ? { ...end, kind: 'unresponsive' } : end;
  }

  /** The connection is over: the process should end on its own now, or is made to. */
  async #endOfChild(child: EngineChild): Promise<EngineEnd> {
    const ended = this.#childEnd;
    if (ended === undefined) return { kind: 'lost' };
    const end = await within(ended, DRAIN_MS);
    if (end !== undefined) return asEngineEnd(end);
    kill(child, 'SIGKILL');
    return asEngineEnd(await ended);
  }

  async #pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, milliseconds);
    });
    this.#wake = undefined;
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #set(state: EngineState): void {
    if (this.#stopping && state.phase !== 'stopping') return;
    this.#state = state;
    this.#options.onState(state);
  }
}

function asEngineEnd({ started, code, signal, detail, reason }: ChildEnd): EngineEnd {
  const kind = !started ? 'notStarted' : code === 0 ? 'exited' : 'crashed';
  return { kind, code, signal, detail, reason };
}

function otherVersion(version: string): EngineEnd {
  const reason = { key: 'desktop.engine.otherVersion', parameters: { version } };
  return { kind: 'otherVersion', detail: version, reason };
}

function hangUp(engine: LiveEngine): void {
  engine.connection.close();
  engine.host.close();
}

/** By number rather than through the child: `utilityProcess` knows SIGTERM only, which a stopped process never sees. */
function kill(child: EngineChild | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** The promise's value, or undefined when it takes longer. */
async function within<Value>(promise: Promise<Value>, milliseconds: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, milliseconds, undefined);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
