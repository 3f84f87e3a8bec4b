import type { Migration } from '../../database.ts';
import { lines } from './010-lines.ts';

/** Oldest first; a new one is a new file and a line here. */
export const logMigrations: readonly Migration[] = [lines];
