import type { Migration } from '../../database.ts';

/** The hot table, the sealed blocks, and how far each stream has come. */
export const lines: Migration = {
  version: 10,
  up(database) {
    database.execute(`
      -- Lines as they come. Sequence numbers go on through hot and sealed lines and are never given twice.
      CREATE TABLE hot (
        sequence INTEGER PRIMARY KEY,
        time INTEGER NOT NULL,
        level INTEGER NOT NULL,
        source INTEGER NOT NULL,
        stream INTEGER NOT NULL,
        offset INTEGER NOT NULL,
        address TEXT NOT NULL,
        text BLOB NOT NULL
      ) STRICT;

      CREATE TABLE sources (
        source INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
      ) STRICT;

      -- What a reader needs first comes first: the blobs' pages are only touched when they are asked for.
      CREATE TABLE blocks (
        block INTEGER PRIMARY KEY,
        first_sequence INTEGER NOT NULL,
        last_sequence INTEGER NOT NULL,
        lines INTEGER NOT NULL,
        first_time INTEGER NOT NULL,
        last_time INTEGER NOT NULL,
        critical INTEGER NOT NULL,
        error INTEGER NOT NULL,
        warning INTEGER NOT NULL,
        info INTEGER NOT NULL,
        text_bytes INTEGER NOT NULL,
        filter BLOB NOT NULL,
        columns BLOB NOT NULL,
        text BLOB NOT NULL
      ) STRICT;
      CREATE INDEX blocks_sequence ON blocks (first_sequence, last_sequence);

      -- Every line of the stream that begins before offset is in this file. Written with the lines themselves.
      CREATE TABLE positions (
        stream INTEGER PRIMARY KEY,
        offset INTEGER NOT NULL,
        cursor TEXT
      ) STRICT;

    `);
  },
};
