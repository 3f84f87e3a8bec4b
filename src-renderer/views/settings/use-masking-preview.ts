import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { MAX_MASKING_SLICE } from '../../../src-preload/contract/limits.ts';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { MaskingDraft, MaskingEffect, MaskingPreview } from '../../../src-preload/contract/masking.ts';
import { useBridge } from '../../bridge/index.ts';
import { useFault } from '../../ui/fault.ts';

/** Lines a preview looks at. */
export const PREVIEWED_LINES = 2000;
/** Typing pauses this long before the engine is asked. */
const PAUSE_MS = 300;
const SLICE_MS = 400;
const MAX_EXAMPLES = 5;

/** What is known so far; grows slice by slice. */
export type MaskingSum = Omit<MaskingPreview, 'cursor'>;

export interface MaskingPreviewState {
  sum: ShallowRef<MaskingSum | undefined>;
  /** Looking at lines. */
  running: Ref<boolean>;
  fault: Ref<string>;
  cancel: () => void;
}

function added(sum: MaskingSum | undefined, slice: MaskingPreview): MaskingSum {
  if (sum === undefined) return slice;
  const effects = slice.effects.map((effect, index): MaskingEffect => {
    const before = sum.effects[index];
    return {
      ...effect,
      lines: effect.lines + (before?.lines ?? 0),
      already: effect.already + (before?.already ?? 0),
      examples: [...(before?.examples ?? []), ...effect.examples].slice(0, MAX_EXAMPLES),
    };
  });
  return {
    lines: sum.lines + slice.lines,
    changed: sum.changed + slice.changed,
    spentMicros: sum.spentMicros + slice.spentMicros,
    effects,
  };
}

/** What masking that is being written makes of the newest stored lines; asked anew whenever it or the filter changes. */
export function useMaskingPreview(draft: () => MaskingDraft, filter: () => LogFilter): MaskingPreviewState {
  const bridge = useBridge();
  const say = useFault();
  const sum = shallowRef<MaskingSum>();
  const running = ref(false);
  const fault = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let current = new AbortController();

  function cancel(): void {
    clearTimeout(timer);
    current.abort();
    current = new AbortController();
    running.value = false;
  }

  async function look(): Promise<void> {
    cancel();
    const { signal } = current;
    running.value = true;
    const asked = { draft: draft(), filter: filter(), budgetMs: SLICE_MS };
    try {
      let found: MaskingSum | undefined;
      for (let cursor: string | undefined; ;) {
        const limit = Math.min(MAX_MASKING_SLICE, PREVIEWED_LINES - (found?.lines ?? 0));
        const slice = await bridge.read(
          (engine, options) =>
            engine.logs.previewMaskingRules(
              { ...asked, limit, ...(cursor !== undefined && { cursor }) },
              options,
            ),
          { signal },
        );
        if (signal.aborted) return;
        found = added(found, slice);
        sum.value = found;
        fault.value = '';
        cursor = slice.cursor;
        if (cursor === undefined || found.lines >= PREVIEWED_LINES) break;
      }
    } catch (error) {
      if (!signal.aborted) fault.value = say(error);
    }
    // Not cancelled: what was typed meanwhile waits for its turn.
    if (!signal.aborted) running.value = false;
  }

  watch(
    () => JSON.stringify([draft(), filter()]),
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void look(), PAUSE_MS);
    },
    { immediate: true },
  );
  onScopeDispose(cancel);
  return { sum, running, fault, cancel };
}
