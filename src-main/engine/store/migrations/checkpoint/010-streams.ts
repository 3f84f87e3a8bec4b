import type { Migration } from '../../database.ts';

/** Who the streams are, how far everything read from them has been dealt with, and what the detectors remembered then. */
export const streams: Migration = {
  version: 10,
  up(database) {
    database.execute(`
      CREATE TABLE streams (
        stream INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL,
        path TEXT NOT NULL,
        file TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        fingerprint_length INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX streams_file ON streams (source, file, fingerprint, fingerprint_length);

      CREATE TABLE positions (
        stream INTEGER PRIMARY KEY,
        offset INTEGER NOT NULL,
        cursor TEXT
      ) STRICT;

      CREATE TABLE detectors (
        name TEXT PRIMARY KEY,
        state BLOB NOT NULL
      ) STRICT;
    `);
  },
};
