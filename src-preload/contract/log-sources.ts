import { z } from 'zod';
import { MAX_TEXT_LENGTH } from './limits.ts';
import { LOG_CLASSES, type LogClass } from './log-classes.ts';
import { call, timeZoneSchema, type, type Level, type Message, type State, type Time } from './shared.ts';

/** What a log's bytes may be written in. Kept as UTF-8. */
export const ENCODINGS = ['utf-8', 'shift_jis', 'euc-jp', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** `system`: the system's own log, where that is no file (Windows Event Log, macOS unified log). */
export type SourceKind = 'file' | 'journal' | 'receiver' | 'ssh' | 'system';

export interface LogSource {
  id: string;
  /** File, folder or glob as configured, `ssh://` and a file of another machine, `journald`, `eventlog`, `unifiedlog`, or the URL of a listener of the receiver. */
  path: string;
  kind: SourceKind;
  logClass: LogClass;
  /** Found by Yagura itself, or added by the user. */
  origin: 'found' | 'user';
  /** Format most lines have, once known. */
  format?: string | undefined;
  /** What it is written in, where that is not UTF-8. */
  encoding?: Encoding | undefined;
  enabled: boolean;
  state: State;
  reason?: Message | undefined;
  lines: number;
  sizeBytes?: number | undefined;
  lagBytes?: number | undefined;
  /** The same in lines, by the mean length of those read so far. */
  lagLines?: number | undefined;
  lastSeenAt?: Time | undefined;
  /** Reading stands still until the user lets it go on; nothing is lost meanwhile. */
  paused?: boolean | undefined;
  /** Files followed at the moment, of a folder or pattern. */
  files?: number | undefined;
  linesPerSecond?: number | undefined;
  bytesPerSecond?: number | undefined;
  /** Until what there is has been read, at the present rate; absent where there is little or nothing to read. */
  timeLeftMs?: number | undefined;
  /** Lines or entries left out, and bytes that were gone before they could be read. */
  dropped?: number | undefined;
  lostBytes?: number | undefined;
  /** Zone, year and encoding the user gave; see `changeSource`. */
  timeZone?: string | undefined;
  year?: number | undefined;
  givenEncoding?: Encoding | undefined;
}

/** A look at a source before it is added. */
export interface SourcePreview {
  kind: 'file' | 'folder' | 'glob' | 'ssh';
  /** Files it stands for, and the one the lines are from. */
  files: number;
  file?: string | undefined;
  sizeBytes?: number | undefined;
  format?: string | undefined;
  encoding?: Encoding | undefined;
  /** Zone in which stamps without one are read, and where it is from: `lines` name their own. */
  timeZone: string;
  zoneFrom: 'given' | 'lines' | 'machine';
  /** Year of the newest of these lines, and where it is from. Absent where none carries a time. */
  year?: number | undefined;
  yearFrom?: 'given' | 'lines' | 'file' | undefined;
  /** How many of the lines carry a time. */
  stamped: number;
  /** The first ones, masked. */
  lines: { time?: Time | undefined; level: Level; text: string }[];
  /** Why there are none. */
  reason?: Message | undefined;
}

/** A year a log may be of. */
const yearSchema = z.number().int().min(1970).max(9999);

/** Which logs are read, and how they are understood. */
export const sourceCalls = {
  sources: call.output(type<LogSource[]>()),
  addSource: call
    .input(
      z.object({
        path: z.string().min(1).max(MAX_TEXT_LENGTH),
        logClass: z.enum(LOG_CLASSES).optional(),
        timeZone: timeZoneSchema.optional(),
        year: yearSchema.optional(),
        encoding: z.enum(ENCODINGS).optional(),
        identity: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
      }),
    )
    .output(type<LogSource>()),
  /**
   * How lines read from now on are understood; null: as found. Lines that are stored stay as they are. A log that was
   * found becomes one of the user's.
   */
  changeSource: call
    .input(
      z.object({
        id: z.string().max(MAX_TEXT_LENGTH),
        timeZone: timeZoneSchema.nullable(),
        year: yearSchema.nullable(),
        encoding: z.enum(ENCODINGS).nullable(),
      }),
    )
    .output(type<LogSource>()),
  /** The first lines of a source as they would be read. Connects to the other machine for one that is reached by SSH. */
  previewSource: call
    .input(
      z.object({
        path: z.string().min(1).max(MAX_TEXT_LENGTH),
        timeZone: timeZoneSchema.optional(),
        year: yearSchema.optional(),
        encoding: z.enum(ENCODINGS).optional(),
        identity: z.string().min(1).max(MAX_TEXT_LENGTH).optional(),
      }),
    )
    .output(type<SourcePreview>()),
  /** Reading stands still or goes on where it was; kept in the settings. */
  setSourcePaused: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH), paused: z.boolean() }))
    .output(type<LogSource>()),
  setSourceEnabled: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH), enabled: z.boolean() }))
    .output(type<LogSource>()),
  removeSource: call
    .input(z.object({ id: z.string().max(MAX_TEXT_LENGTH) }))
    .output(type<Record<string, never>>()),
};
