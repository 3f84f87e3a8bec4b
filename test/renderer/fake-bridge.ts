import {
  Bridge,
  type Ask,
  type CallLimits,
  type EngineClient,
  type Link,
} from '../../src-renderer/bridge/bridge.ts';
import { toEngineError } from '../../src-renderer/bridge/engine-error.ts';
import type { EngineState } from '../../src-preload/contract/desktop.ts';

/** A bridge whose engine is in the same page. `say` tells the views how the engine is. */
export class FakeBridge extends Bridge {
  readonly client: EngineClient;
  readonly copied: string[];
  readonly say: (state: EngineState) => void;
  readonly #lost = new AbortController();

  constructor(client: EngineClient, state: EngineState = { phase: 'up', generation: 1, attached: false }) {
    const copied: string[] = [];
    let tell: (next: EngineState) => void = () => undefined;
    super({
      platform: 'linux',
      versions: { electron: '45.4.1', chromium: '140', node: '24' },
      onEngineState: (listener) => {
        tell = listener;
        listener(state);
        return () => undefined;
      },
      // Never answered: the client is here already.
      requestEnginePort: () => new Promise(() => undefined),
      restartEngine: () => Promise.resolve(),
      copyText: (text) => {
        copied.push(text);
        return Promise.resolve();
      },
      chooseLogFiles: () => Promise.resolve([]),
      onEnginePort: () => undefined,
    });
    this.client = client;
    this.copied = copied;
    this.say = (next) => tell(next);
  }

  override async read<Answer>(ask: Ask<Answer>, { signal }: CallLimits = {}): Promise<Answer> {
    try {
      return await ask(this.client, { signal: signal ?? new AbortController().signal });
    } catch (error) {
      throw toEngineError(error);
    }
  }

  override act<Answer>(ask: Ask<Answer>, limits: CallLimits = {}): Promise<Answer> {
    return this.read(ask, limits);
  }

  override link(): Promise<Link> {
    return Promise.resolve({ client: this.client, lost: this.#lost.signal });
  }
}
