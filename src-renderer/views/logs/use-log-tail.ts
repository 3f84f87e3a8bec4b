import { computed } from 'vue';
import type { LogFilter } from '../../../src-preload/contract/log-filter.ts';
import type { LogLine } from '../../../src-preload/contract/logs.ts';
import { useFeed } from '../../bridge/use-feed.ts';
import { useRange } from '../../state/range.ts';
import type { LogStream } from './use-log-stream.ts';

export interface LogTailEvents {
  onLines: (lines: readonly LogLine[]) => void;
  /**
   * The tail is open. A search that ran before may lack lines that no push brings: the engine was away, or they came in
   * between.
   */
  onStart: () => void;
}

/** New lines as they are stored, into the stream. */
export function useLogTail(shown: () => LogFilter, stream: LogStream, events: LogTailEvents): void {
  const range = useRange();
  const tailKey = computed(() => JSON.stringify(shown()));
  /** Lines left out up to the last push: the feed counts them from its start. */
  let droppedBefore = 0;
  const tail = useFeed<LogLine>((engine, options) => engine.logs.tail({ filter: shown() }, options), {
    onItems: (items) => {
      events.onLines(items);
      if (range.mode.value === 'historical') return;
      const dropped = tail.dropped.value - droppedBefore;
      droppedBefore = tail.dropped.value;
      stream.receive({ items, dropped });
      if (stream.pauseReason.value !== undefined) range.hold(items.length + dropped);
    },
    onStart: events.onStart,
    on: [tailKey],
  });
}
