import type { Migration } from '../../database.ts';

/** What every later table stands on: facts about the installation, and when the engine ran. */
export const basics: Migration = {
  version: 10,
  up(database) {
    database.execute(`
      CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- One row per start. ended is NULL while it runs, and stays NULL after a crash: last_alive then says until when
      -- somebody was watching.
      CREATE TABLE engine_runs (
        run INTEGER PRIMARY KEY,
        started INTEGER NOT NULL,
        last_alive INTEGER NOT NULL,
        ended INTEGER
      ) STRICT;
      CREATE INDEX engine_runs_last_alive ON engine_runs (last_alive);
    `);
  },
};
