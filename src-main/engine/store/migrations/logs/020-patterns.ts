import type { Migration } from '../../database.ts';

/** What the lines' patterns are, and which block has how many lines of which. */
export const patterns: Migration = {
  version: 20,
  up(database) {
    database.execute(`
      -- Numbers are given once and never again: a reader keeps what it has read and asks for what came after.
      CREATE TABLE patterns (
        pattern INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        text TEXT NOT NULL
      ) STRICT;

      -- A template that became more general: its lines before belong to the newer one.
      CREATE TABLE pattern_changes (
        old TEXT PRIMARY KEY,
        new TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- Beside the blocks, not in them: to reach a column behind their blobs SQLite would have to walk these.
      CREATE TABLE block_patterns (
        block INTEGER PRIMARY KEY,
        counts BLOB NOT NULL
      ) STRICT;

      ALTER TABLE hot ADD COLUMN pattern INTEGER NOT NULL DEFAULT 0;
    `);
  },
};
