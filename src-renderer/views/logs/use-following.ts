import { computed, onBeforeUnmount, watch, type ComputedRef, type Ref } from 'vue';
import { useRange } from '../../state/range.ts';
import type { LogStream } from './use-log-stream.ts';

export interface Following {
  /** New lines come in at the end. */
  following: ComputedRef<boolean>;
  /** Follows again, whatever stood in the way. */
  follow: () => Promise<void>;
}

/** Keeps the stream's standing still, the selected line and the window's range in step. */
export function useFollowing(stream: LogStream, selected: Ref<string | undefined>): Following {
  const range = useRange();
  const { pauseReason } = stream;
  const following = computed(() => range.mode.value !== 'historical' && pauseReason.value === undefined);

  function goLive(): void {
    if (range.mode.value === 'paused') range.live();
  }
  watch(pauseReason, (reason) => {
    if (reason === undefined) goLive();
    else range.pause();
  });
  /** A line selected here is no reason for other screens to stand still. */
  onBeforeUnmount(() => {
    if (pauseReason.value !== undefined) goLive();
  });
  /** "LIVE" in the top bar follows again too. */
  watch(range.mode, (mode) => {
    if (mode === 'live' && pauseReason.value !== undefined) void follow();
  });
  watch(selected, (id) => {
    if (id === undefined) stream.release();
    else stream.pause('selected');
  });

  async function follow(): Promise<void> {
    selected.value = undefined;
    if (range.mode.value === 'historical') range.live();
    await stream.resume();
  }
  return { following, follow };
}
