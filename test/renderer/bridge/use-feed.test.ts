import { mount } from '@vue/test-utils';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installBridge, useFeed } from '../../../src-renderer/bridge/index.ts';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { EngineClient } from '../../../src-renderer/bridge/index.ts';
import { FakeBridge } from '../fake-bridge.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  hide(false);
});

let hidden = false;
function hide(now: boolean): void {
  hidden = now;
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden);
  document.dispatchEvent(new Event('visibilitychange'));
}

/** A view with one stream; tells how many are open and how often it began. */
function view() {
  const streams = { open: 0, begun: 0 };
  const Feeding = {
    setup() {
      useFeed<number>(
        async (_engine, { signal }) => {
          streams.open += 1;
          streams.begun += 1;
          signal.addEventListener('abort', () => (streams.open -= 1));
          return (async function* () {
            await new Promise(() => undefined);
            yield { subscription: 's', sequence: 1, items: [1], dropped: 0 };
          })();
        },
        { onItems: () => undefined },
      );
      return () => null;
    },
  };
  // The streams above never ask it.
  const client = createORPCClient<EngineClient>(new RPCLink({ port: new MessageChannel().port1 }));
  const bridge = new FakeBridge(client);
  const wrapper = mount(Feeding, {
    global: { plugins: [{ install: (app) => installBridge(app, bridge) }] },
  });
  return { streams, wrapper };
}

test('a stream rests while the window stays hidden, and begins anew when it is shown', async () => {
  const { streams, wrapper } = view();
  await vi.advanceTimersByTimeAsync(10);
  expect(streams).toEqual({ open: 1, begun: 1 });
  hide(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toEqual({ open: 0, begun: 1 });
  hide(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(streams).toEqual({ open: 1, begun: 2 });
  wrapper.unmount();
  expect(streams.open).toBe(0);
});

test('a window hidden for a moment keeps its stream', async () => {
  const { streams, wrapper } = view();
  hide(true);
  await vi.advanceTimersByTimeAsync(2000);
  hide(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toEqual({ open: 1, begun: 1 });
  wrapper.unmount();
});

test('a view that opens in a hidden window rests as well', async () => {
  hide(true);
  const { streams, wrapper } = view();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams.open).toBe(0);
  wrapper.unmount();
  hide(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(streams.begun).toBe(1);
});
