import type { Migration } from '../../database.ts';

/**
 * Blocks whose text is in frames, with the lengths of its lines, and whose filter tells which (block/block-text.ts,
 * block/gram-filter.ts). Both say so themselves, and blocks of before stay as they are; but a program of before must not read
 * these.
 */
export const frames: Migration = {
  version: 30,
  up() {
    // No table changes.
  },
};
