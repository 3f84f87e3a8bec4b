import type { Migration } from '../../database.ts';
import { streams } from './010-streams.ts';
import { detectorPieces } from './020-detector-pieces.ts';

/** Oldest first; a new one is a new file and a line here. */
export const checkpointMigrations: readonly Migration[] = [streams, detectorPieces];
