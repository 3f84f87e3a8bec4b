import type { Message } from '../../../../src-preload/contract/shared.ts';
import type { FollowedFile } from './followed-file.ts';

/** A path that is looked at again and again, and the file it leads to at the moment. */
export interface WatchedName {
  path: string;
  sourceId: string;
  file: FollowedFile | undefined;
  /** Why it can't be read, if so. */
  reason: Message | undefined;
  /** It led to a file once. */
  seen: boolean;
  /** UTC milliseconds of the next look. */
  dueAt: number;
  checkedAt: number;
  checked: boolean;
  /** The last look came in the middle of something and is to be repeated at once. */
  unsettled: boolean;
}

export function watchedName(path: string, sourceId: string): WatchedName {
  return {
    path,
    sourceId,
    file: undefined,
    reason: undefined,
    seen: false,
    dueAt: 0,
    checkedAt: 0,
    checked: false,
    unsettled: false,
  };
}

/** How often files are looked at, milliseconds. */
export interface TailTimings {
  /** A file that grew lately. */
  active: number;
  /** How long "lately" is. */
  activeFor: number;
  /** An idle file where changes are not reported (network shares). */
  idle: number;
  /** An idle file where changes are reported. */
  watchedIdle: number;
  /** Two looks at one file are at least this far apart, however many changes are reported. */
  minimum: number;
  /** Looking for new files of folders and globs. */
  rescan: number;
  /** A last line without newline is taken after this long without growth. */
  partial: number;
  /** Same, once the file was rotated away. */
  rotatedPartial: number;
  /** A file without a watched name is let go after this long without growth; sooner when it was deleted. */
  forget: number;
  forgetDeleted: number;
}

export const DEFAULT_TIMINGS: TailTimings = {
  active: 200,
  activeFor: 30_000,
  idle: 2_000,
  watchedIdle: 5_000,
  minimum: 20,
  rescan: 10_000,
  partial: 3_000,
  rotatedPartial: 1_000,
  forget: 600_000,
  forgetDeleted: 60_000,
};

/**
 * When to look at a name again.
 * @param names how many there are: ten thousand idle files are not worth a stat each every two seconds
 */
export function nextLook(
  name: WatchedName,
  now: number,
  timings: TailTimings,
  watched: boolean,
  names: number,
): number {
  const file = name.file;
  const half = file !== undefined && file.offset < file.size && file.scanned >= file.size;
  const active = half || (file !== undefined && now - file.changedAt < timings.activeFor);
  // Where changes are reported the look is only a second opinion: of many files at once it would cost a processor.
  if (active) return now + Math.max(timings.active, watched ? names : names / 4);
  return now + Math.max(watched ? timings.watchedIdle : timings.idle, names);
}
