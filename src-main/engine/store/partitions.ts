import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_CLASSES, type LogClass } from '../../../src-preload/contract/log-classes.ts';

/** One file of log lines: a class and a UTC day. */
export interface PartitionName {
  logClass: LogClass;
  /** `2026-11-21`. */
  day: string;
}

export const DAY_MS = 86_400_000;
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.db$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SIDE_FILES = ['', '-wal', '-shm'];

/** The UTC day of a time. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The first millisecond of a UTC day. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00.000Z`);
}

export function partitionId({ logClass, day }: PartitionName): string {
  return `${logClass}/${day}`;
}

/** The partition and the number that a line's id names; undefined when it is no such id. */
export function parseLineId(id: string): (PartitionName & { sequence: number }) | undefined {
  const [name = '', day = '', sequence = '', ...rest] = id.split('/');
  const logClass = LOG_CLASSES.find((known) => known === name);
  if (logClass === undefined || rest.length > 0 || !DAY.test(day) || !/^\d{1,15}$/.test(sequence)) {
    return undefined;
  }
  return { logClass, day, sequence: Number(sequence) };
}

/** `<data directory>/logs/<class>/<day>.db` */
export function partitionPath(logDirectory: string, { logClass, day }: PartitionName): string {
  return join(logDirectory, logClass, `${day}.db`);
}

/** The partitions that exist, newest day first, classes in their fixed order within a day. */
export function listPartitions(logDirectory: string): PartitionName[] {
  const found: PartitionName[] = [];
  for (const logClass of LOG_CLASSES) {
    const directory = join(logDirectory, logClass);
    if (!existsSync(directory)) continue;
    for (const file of readdirSync(directory)) {
      const day = DAY_FILE.exec(file)?.[1];
      if (day !== undefined) found.push({ logClass, day });
    }
  }
  return found.sort((a, b) => (a.day === b.day ? 0 : a.day < b.day ? 1 : -1));
}

/** What a database and its side files take on the disk, in bytes. */
export function databaseBytes(path: string): number {
  let bytes = 0;
  for (const suffix of SIDE_FILES) bytes += statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

/** Deletes a database that nobody here has open. The main file goes first: without it the others mean nothing. */
export function deleteDatabase(path: string): void {
  for (const suffix of SIDE_FILES) rmSync(path + suffix, { force: true });
}
