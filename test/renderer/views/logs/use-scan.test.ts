import { flushPromises, mount } from '@vue/test-utils';
import { defineComponent, ref } from 'vue';
import { describe, expect, it } from 'vitest';
import type { ScanProgress } from '../../../../src-preload/contract/logs.ts';
import { installBridge, type EngineClient } from '../../../../src-renderer/bridge/index.ts';
import { useScan, type ScanState } from '../../../../src-renderer/views/logs/use-scan.ts';
import { FakeBridge } from '../../fake-bridge.ts';

type Count = { count: number } & ScanProgress;

/** A reading of 30 lines, ten a slice; each slice is let go by hand. */
function reading(): {
  state: ScanState<Count>;
  text: { value: string | undefined };
  asked: string[];
  go: () => Promise<void>;
  end: () => void;
} {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const text = ref<string | undefined>('a');
  let state: ScanState<Count> | undefined;
  const host = defineComponent(() => {
    state = useScan<{ text: string }, Count>(
      () => (text.value === undefined ? undefined : { text: text.value }),
      async (_engine, input, { signal }) => {
        asked.push(`${input.text}${input.cursor ?? ''}`);
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')));
        });
        const at = Number(input.cursor ?? 0) + 10;
        return {
          count: 1,
          scannedLines: 10,
          totalLines: 30 - Number(input.cursor ?? 0),
          elapsedMs: 1,
          ...(at < 30 && { cursor: String(at) }),
        };
      },
      (sum, slice) => ({ ...sum, count: sum.count + slice.count }),
    );
    return () => null;
  });
  const bridge = new FakeBridge({} as EngineClient);
  const mounted = mount(host, { global: { plugins: [{ install: (app) => installBridge(app, bridge) }] } });
  if (state === undefined) throw new Error('Not set up');
  return {
    state,
    text,
    asked,
    go: async () => {
      await flushPromises();
      waiting.shift()?.();
      await flushPromises();
    },
    end: () => mounted.unmount(),
  };
}

describe('A reading in slices', () => {
  it('adds up what came and says how far it is, until it is through', async () => {
    const { state, asked, go, end } = reading();
    await go();
    expect([state.data.value?.count, state.position.value, state.loading.value]).toEqual([
      1,
      { scanned: 10, total: 30 },
      true,
    ]);
    await go();
    await go();
    expect([state.data.value?.count, state.position.value, state.loading.value]).toEqual([
      3,
      undefined,
      false,
    ]);
    expect(asked).toEqual(['a', 'a10', 'a20']);
    end();
  });

  it('asks no more once it is cancelled, and keeps what was found', async () => {
    const { state, asked, go, end } = reading();
    await go();
    state.cancel();
    await go();
    expect(asked).toEqual(['a', 'a10']);
    expect([state.data.value?.count, state.position.value, state.loading.value]).toEqual([
      1,
      undefined,
      false,
    ]);
    end();
  });

  it('begins anew with another question, and forgets its answer with none', async () => {
    const { state, text, asked, go, end } = reading();
    await go();
    text.value = 'b';
    await flushPromises();
    expect(asked.at(-1)).toBe('b');
    text.value = undefined;
    await flushPromises();
    expect(state.data.value).toBeUndefined();
    end();
  });
});
