import type { Migration } from '../../database.ts';

/** Sums of requests by minute, and by kind and name in five minutes. */
export const sums: Migration = {
  version: 10,
  up(database) {
    database.execute(`
      -- The number of the last delivery taken in: one that comes again after a crash is known by it.
      CREATE TABLE applied (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;
      INSERT INTO applied VALUES (1, 0);

      CREATE TABLE sums (
        -- Index into TRAFFIC_KINDS.
        kind INTEGER NOT NULL,
        -- Start of the minute (kind 0) or of the five minutes, UTC milliseconds.
        time INTEGER NOT NULL,
        -- Route, client, status or user; empty for all others of that time together.
        name TEXT NOT NULL,
        requests INTEGER NOT NULL,
        errors INTEGER NOT NULL,
        refusals INTEGER NOT NULL,
        bytes REAL NOT NULL,
        -- Five bytes for each bucket that is not empty: its number, and the count.
        latency BLOB NOT NULL,
        PRIMARY KEY (kind, time, name)
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
