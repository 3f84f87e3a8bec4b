import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './limits.ts';
import type { LogClass } from './log-classes.ts';
import { call, type, type Message, type Time } from './shared.ts';

/** What is kept of a class, and what was archived. */
export interface RetentionClass {
  logClass: LogClass;
  /** UTC day of the oldest lines; absent where there are none. */
  oldestDay?: string | undefined;
  usedBytes: number;
  maxBytes: number;
  /** Archives of the class and what they take. */
  archives: number;
  archiveBytes: number;
  /** Partitions that should be gone and wait for their archive. */
  waiting: number;
}

export interface RetentionState {
  classes: RetentionClass[];
  /** Folder of the archives. */
  directory: string;
  running: boolean;
  /** Why the last attempt did not get through; partitions stay until one does. */
  problem?: Message | undefined;
  lastAt?: Time | undefined;
}

export const retentionCalls = {
  /** Oldest data of each class, and what was archived of it. */
  retention: call.output(type<RetentionState>()),
  /** Begins to archive what is due, rather than within ten minutes; the state tells how it went. */
  archiveNow: call.output(type<RetentionState>()),
  /** Writes a copy of the archives' key into a private file. Refused to pages: a person names the file in a dialog. */
  saveArchiveKey: call
    .input(z.object({ path: z.string().min(1).max(MAX_TEXT_LENGTH), replace: z.boolean() }))
    .output(type<{ path: string; fingerprint: string }>()),
};
