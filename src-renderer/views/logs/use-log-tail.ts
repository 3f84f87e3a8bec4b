import { computed } from 'vue';
import type { LogFilter, LogLine } from '../../../src-preload/contract/logs.ts';
import { useFeed } from '../../bridge/use-feed.ts';
import { useRange } from '../../state/range.ts';
import type { LogStream } from './use-log-stream.ts';

/**
 * New lines as they are stored, into the stream.
 * @param onStart a search that ran before the tail was open may lack lines that no push brings: the engine was away, or
 *   they came in between
 */
export function useLogTail(shown: () => LogFilter, stream: LogStream, onStart: () => void): void {
  const range = useRange();
  const tailKey = computed(() => JSON.stringify(shown()));
  /** Lines left out up to the last push: the feed counts them from its start. */
  let droppedBefore = 0;
  const tail = useFeed<LogLine>((engine, options) => engine.logs.tail({ filter: shown() }, options), {
    onItems: (items) => {
      if (range.mode.value === 'historical') return;
      const dropped = tail.dropped.value - droppedBefore;
      droppedBefore = tail.dropped.value;
      stream.receive({ items, dropped });
      if (stream.pauseReason.value !== undefined) range.hold(items.length + dropped);
    },
    onStart,
    on: [tailKey],
  });
}
