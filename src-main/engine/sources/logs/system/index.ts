import { journald } from './journald.ts';
import { macosUnifiedLog, UNIFIED_LOG } from './macos-unified-log.ts';
import type { SystemLog } from './system-log.ts';
import { EVENT_LOG, windowsEventLog } from './windows-event-log.ts';

const LOGS: readonly SystemLog[] = [journald, windowsEventLog, macosUnifiedLog];

/** The system's log with this source id, if it is one. */
export function systemLogOf(id: string): SystemLog | undefined {
  return LOGS.find((log) => log.id === id);
}

/** The log that a system has whatever is installed; undefined on Linux, where the journal may be absent. */
export function ownLogOf(platform: NodeJS.Platform): string | undefined {
  if (platform === 'win32') return EVENT_LOG;
  return platform === 'darwin' ? UNIFIED_LOG : undefined;
}
