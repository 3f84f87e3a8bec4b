import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { FormatPreview } from '../../../src-preload/contract/log-formats.ts';
import { useBridge } from '../../bridge/index.ts';
import { useFault } from '../../ui/fault.ts';
import { draftOf, type EditedFormat } from './formats.ts';

/** Where the lines come from: what was pasted, or a log by its id. */
export interface PreviewedFrom {
  pasted: string;
  /** Empty: the pasted ones. */
  sourceId: string;
}

/** Typing pauses this long before the engine is asked. */
const PAUSE_MS = 200;
/** The contract's bounds for one preview. */
const MAX_LINES = 200;
const MAX_LINE_LENGTH = 20_000;

/** What the engine makes of lines with a format that is being written. */
export function useFormatPreview(
  format: Ref<EditedFormat | undefined>,
  from: Ref<PreviewedFrom>,
): { preview: ShallowRef<FormatPreview | undefined>; fault: Ref<string> } {
  const bridge = useBridge();
  const say = useFault();
  const preview = shallowRef<FormatPreview>();
  const fault = ref('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function ask(): Promise<void> {
    const edited = format.value;
    if (edited === undefined) return;
    asked += 1;
    const mine = asked;
    const { pasted, sourceId } = from.value;
    const lines = pasted
      .split('\n')
      .slice(0, MAX_LINES)
      .map((line) => line.slice(0, MAX_LINE_LENGTH));
    try {
      const answer = await bridge.read((engine, options) =>
        engine.logs.previewFormat(
          sourceId === '' ? { format: draftOf(edited), lines } : { format: draftOf(edited), sourceId },
          options,
        ),
      );
      // Answers may overtake each other.
      if (mine !== asked) return;
      preview.value = answer;
      fault.value = '';
    } catch (error) {
      if (mine === asked) fault.value = say(error);
    }
  }
  watch(
    [format, from],
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => void ask(), PAUSE_MS);
    },
    { immediate: true, deep: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return { preview, fault };
}
