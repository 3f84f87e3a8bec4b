import { join } from 'node:path';
import type { Clock } from '../../flow/clock.ts';
import type { Failure } from '../../flow/failure.ts';
import { openWritable, type WritableDatabase } from '../database.ts';
import { stateMigrations } from '../migrations/state/index.ts';

/**
 * Opens `state.db`: findings, alerts, settings revisions and the like. Small, and every commit survives a power cut.
 * @param directory the data directory, already locked by this engine
 */
export function openState(
  directory: string,
  options: { clock: Clock; onProblem: (problem: Failure) => void },
): WritableDatabase {
  const database = openWritable(join(directory, 'state.db'), {
    ...options,
    migrations: stateMigrations,
    synchronous: 'FULL',
  });
  // A migration that makes things smaller, or a long retention cut short, leaves half a file of nothing.
  database.compact();
  return database;
}
