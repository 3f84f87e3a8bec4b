import type { Migration } from '../../database.ts';

/** What detectors remember is kept in pieces: a value of five megabytes takes SQLite ten on its way into the file. */
export const detectorPieces: Migration = {
  version: 20,
  up(database) {
    database.execute(`
      CREATE TABLE detector_pieces (
        name TEXT NOT NULL,
        place INTEGER NOT NULL,
        piece BLOB NOT NULL,
        PRIMARY KEY (name, place)
      ) STRICT;
      INSERT INTO detector_pieces (name, place, piece) SELECT name, 0, state FROM detectors;
      DROP TABLE detectors;
    `);
  },
};
