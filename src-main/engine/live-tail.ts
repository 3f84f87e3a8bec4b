import type { CustomFormat } from '../../src-preload/contract/log-formats.ts';
import { MAX_PAGE_LINES } from '../../src-preload/contract/limits.ts';
import type { LogLine } from '../../src-preload/contract/logs.ts';
import type { Feed, Feeds } from './api/server/feeds.ts';
import type { Clock } from './flow/clock.ts';
import { compiledFormats } from './own-formats.ts';
import { LiveRecords } from './parse/records.ts';
import type { Committed } from './threads/messages.ts';

/** A tail shows new lines within 300 ms of their writing (SPEC), so it pushes more often than other views. */
const TAIL_PUSH_MS = 150;

export interface LiveTail {
  feed: Feed<LogLine>;
  /** Hands stored lines to the views that are open. */
  publish: (committed: Pick<Committed, 'tail' | 'tailDropped'>) => void;
}

/** @param onWanted the first view is open: lines are to be sent from now on */
export function openTail(
  feeds: Feeds,
  options: {
    clock: Clock;
    ownFormat: (sourceId: string) => CustomFormat | undefined;
    onWanted: () => void;
  },
): LiveTail {
  const records = new LiveRecords({ clock: options.clock, ownFormat: compiledFormats(options.ownFormat) });
  const feed = feeds.feed<LogLine>({
    name: 'feed.tail',
    coalesce: 'append',
    limit: MAX_PAGE_LINES,
    intervalMs: TAIL_PUSH_MS,
    onWanted: options.onWanted,
  });
  return {
    feed,
    publish: ({ tail, tailDropped }) => feed.publish(records.mark(tail, tailDropped), tailDropped),
  };
}
