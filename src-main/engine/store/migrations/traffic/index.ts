import type { Migration } from '../../database.ts';
import { sums } from './010-sums.ts';

/** Oldest first; a new one is a new file and a line here. */
export const trafficMigrations: readonly Migration[] = [sums];
