import type { Migration } from '../../database.ts';
import { points } from './010-points.ts';

/** Oldest first; a new one is a new file and a line here. */
export const metricMigrations: readonly Migration[] = [points];
