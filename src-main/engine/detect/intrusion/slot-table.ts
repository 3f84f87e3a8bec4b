/** Columns with a row per address: what every line changes is kept as numbers side by side, not as objects. */
export interface SlotTable {
  /** The row's address is forgotten; the row will be another's. */
  clear(slot: number): void;
  /**
   * Reads the rows of these slots, so that they are at hand when they are needed one after another.
   * @returns something that depends on what was read: else the reading would be left out
   */
  touch(slots: Int32Array): number;
}

const SMALLEST_ROWS = 1024;

/** Rows a table should have room for so that `slot` fits: it doubles, up to the limit. */
export function rowsFor(slot: number, limit: number): number {
  let rows = SMALLEST_ROWS;
  while (rows <= slot) rows *= 2;
  return Math.max(slot + 1, Math.min(rows, limit));
}
