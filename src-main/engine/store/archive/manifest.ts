import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LOG_CLASSES } from '../../../../src-preload/contract/log-classes.ts';

/** What lies beside an archive and makes it one: written last, so that a file without it is unfinished. */
export const manifestSchema = z.object({
  format: z.literal(1),
  logClass: z.enum(LOG_CLASSES),
  /** UTC day. */
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** Name of the archive in the same folder. */
  file: z.string().regex(/^[a-z0-9.-]{1,100}$/),
  lines: z.number().int().min(0),
  firstTime: z.number(),
  lastTime: z.number(),
  /** Number of the partition's last line: whether more came since. */
  lastSequence: z.number().int().min(0),
  bytes: z.number().int().min(0),
  /** Of the archive as it lies there, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  encrypted: z.boolean(),
  createdAt: z.number(),
});
export type ArchiveManifest = z.output<typeof manifestSchema>;

/** A line of an archive: JSON, one a line, within gzip. */
export const archivedLineSchema = z.object({
  time: z.number(),
  level: z.number().int().min(0).max(7),
  source: z.string(),
  text: z.string(),
  address: z.string().optional(),
});
export type ArchivedLine = z.output<typeof archivedLineSchema>;

export const MANIFEST_ENDING = '.manifest.json';

/** The finished archives of a folder, oldest day first; what is no manifest is passed over. */
export function listArchives(directory: string): ArchiveManifest[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith(MANIFEST_ENDING))
    .flatMap((file) => {
      const manifest = readManifest(join(directory, file));
      return manifest === undefined ? [] : [manifest];
    })
    .sort((a, b) => (a.day === b.day ? a.createdAt - b.createdAt : a.day < b.day ? -1 : 1));
}

export function readManifest(path: string): ArchiveManifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
