import {
  Bridge,
  type Ask,
  type CallLimits,
  type EngineClient,
  type Link,
} from '../../src-renderer/bridge/bridge.ts';
import { toEngineError } from '../../src-renderer/bridge/engine-error.ts';
import type { EngineState } from '../../src-preload/contract/desktop.ts';
import { fakeDesktop, type FakeDesktop } from './fake-desktop.ts';

/** A bridge whose engine is in the same page. `say` tells the views how the engine is. */
export class FakeBridge extends Bridge {
  readonly client: EngineClient;
  readonly copied: string[];
  /** Files that were saved. */
  readonly saved: FakeDesktop['saved'];
  readonly say: (state: EngineState) => void;
  readonly #lost = new AbortController();

  constructor(client: EngineClient, state?: EngineState) {
    // No router: the client is here already.
    const desktop = fakeDesktop(undefined, state);
    super(desktop);
    this.client = client;
    this.copied = desktop.copied;
    this.saved = desktop.saved;
    this.say = desktop.setState;
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
