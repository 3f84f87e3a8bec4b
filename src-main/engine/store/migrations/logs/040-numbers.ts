import type { Migration } from '../../database.ts';

/**
 * Which runs of five digits a block has (block/number-list.ts), by the first digit. Blocks of before have no row: their filters
 * tell of numbers themselves.
 */
export const numbers: Migration = {
  version: 40,
  up(database) {
    // A column for each digit: what a search does not ask for is not read.
    const columns = Array.from({ length: 10 }, (_, digit) => `from_${digit} BLOB NOT NULL`);
    database.execute(`
      CREATE TABLE block_numbers (
        block INTEGER PRIMARY KEY,
        ${columns.join(', ')}
      ) STRICT;
    `);
  },
};
