import type { Migration } from '../../database.ts';

/**
 * A file of points: a day of raw values, a month of minutes or a year of hours. Each file is complete in itself, so that
 * retention is deleting files.
 */
export const points: Migration = {
  version: 10,
  up(database) {
    database.execute(`
      CREATE TABLE series (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        -- JSON object.
        labels TEXT NOT NULL,
        unit TEXT NOT NULL
      ) STRICT;

      -- One row per collection, raw files only: pairs of series id (4 bytes) and value (8 bytes), little-endian.
      CREATE TABLE collections (
        time INTEGER NOT NULL,
        points BLOB NOT NULL
      ) STRICT;
      CREATE INDEX collections_time ON collections (time);

      -- Sealed points of one series. kind is 'value' in raw files; 'mean', 'minimum' and 'maximum' in roll-ups.
      CREATE TABLE chunks (
        series INTEGER NOT NULL REFERENCES series (id),
        kind TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        points BLOB NOT NULL,
        PRIMARY KEY (series, kind, first)
      ) STRICT, WITHOUT ROWID;

      -- Raw files: spans (by their start) that the next tier has taken in.
      CREATE TABLE rolled (
        tier TEXT NOT NULL,
        start INTEGER NOT NULL,
        PRIMARY KEY (tier, start)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
