import type { Migration } from '../../database.ts';
import { lines } from './010-lines.ts';
import { patterns } from './020-patterns.ts';
import { frames } from './030-frames.ts';
import { numbers } from './040-numbers.ts';

/** Oldest first; a new one is a new file and a line here. */
export const logMigrations: readonly Migration[] = [lines, patterns, frames, numbers];

/** Days that were written before are read as they are: their writer is done with them. */
export const OLDEST_READABLE_LOGS = lines.version;
/** From this version on a partition knows patterns. */
export const LOGS_WITH_PATTERNS = patterns.version;
/** From this version on it lists the numbers of its blocks. */
export const LOGS_WITH_NUMBERS = numbers.version;
