import { LOG_CLASSES } from '../../src-preload/contract/log-classes.ts';
import type { RetentionState } from '../../src-preload/contract/retention.ts';

/** A class with old data each, one of them with archives. */
export function retentionState(): RetentionState {
  return {
    classes: LOG_CLASSES.map((logClass, index) => ({
      logClass,
      oldestDay: '2026-10-22',
      usedBytes: 4e9,
      maxBytes: 2e10,
      archives: index,
      archiveBytes: index * 1e8,
      waiting: 0,
    })),
    directory: '/var/lib/yagura/archive',
    running: false,
  };
}
