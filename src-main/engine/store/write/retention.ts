import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_CLASSES, type LogClass } from '../../../../src-preload/contract/log-classes.ts';
import {
  DAY_MS,
  databaseBytes,
  dayOf,
  listPartitions,
  partitionPath,
  startOfDay,
  type PartitionName,
} from '../partitions.ts';

/** What a class may keep. */
export interface RetentionLimit {
  days: number;
  maxBytes: number;
}

/**
 * The partitions to delete, oldest first: those wholly older than the class's age, then the oldest until the rest fits its
 * size. Today's (and later ones, from clocks that run ahead) always stay.
 */
export function expiredPartitions(
  logDirectory: string,
  limits: Record<LogClass, RetentionLimit>,
  now: number,
): { name: PartitionName; bytes: number }[] {
  const today = dayOf(now);
  const all = listPartitions(logDirectory).reverse();
  return LOG_CLASSES.flatMap((logClass) => {
    const partitions = all
      .filter((name) => name.logClass === logClass)
      .map((name) => ({ name, bytes: databaseBytes(partitionPath(logDirectory, name)) }));
    const { days, maxBytes } = limits[logClass];
    let kept = partitions.reduce((sum, { bytes }) => sum + bytes, 0);
    return partitions.filter(({ name, bytes }) => {
      if (name.day >= today) return false;
      const tooOld = startOfDay(name.day) + DAY_MS <= now - days * DAY_MS;
      if (!tooOld && kept <= maxBytes) return false;
      kept -= bytes;
      return true;
    });
  });
}

/** Files of damaged partitions that were kept for a rescue, once they are older than their class keeps lines. */
export function expiredSetAside(
  logDirectory: string,
  limits: Record<LogClass, RetentionLimit>,
  now: number,
): { logClass: LogClass; file: string; bytes: number }[] {
  return LOG_CLASSES.flatMap((logClass) => {
    const directory = join(logDirectory, logClass);
    if (!existsSync(directory)) return [];
    return readdirSync(directory)
      .filter((file) => file.includes('.db.corrupt-'))
      .map((file) => ({ logClass, file, status: statSync(join(directory, file)) }))
      .filter(({ status }) => status.mtimeMs < now - limits[logClass].days * DAY_MS)
      .map(({ file, status }) => ({ logClass, file, bytes: status.size }));
  });
}

/** Bytes of everything below the log directory, files set aside included. */
export function directoryBytes(logDirectory: string): number {
  let bytes = 0;
  for (const logClass of LOG_CLASSES) {
    const directory = join(logDirectory, logClass);
    if (!existsSync(directory)) continue;
    for (const file of readdirSync(directory)) {
      bytes += statSync(join(directory, file), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return bytes;
}
