import { isGap, type StreamRow } from './line-window.ts';

/** The rows that are shown, and what each of them is to a record of several lines. */
export interface FoldedRows {
  rows: readonly StreamRow[];
  /** Of each row shown: lines of its record behind it, folded or not; {@link PART} for one of those; 0 stands alone. */
  parts: Int32Array;
}

/** A line behind the first one of a record that is shown above it. */
export const PART = -1;

/** Lines of other sources that may stand between two lines of a record: those of the same millisecond. */
const MAX_BETWEEN = 64;
/** Most parts have the time of the first line; PostgreSQL stamps each, a moment later. */
const MAX_APART_MS = 1000;

/** The row that this one goes on with, directly or through others; -1 where it stands alone or the first is not there. */
function headAbove(rows: readonly StreamRow[], heads: Int32Array, index: number): number {
  const line = rows[index];
  if (line === undefined || isGap(line) || line.continues !== true) return -1;
  const end = Math.max(0, index - 1 - MAX_BETWEEN);
  for (let at = index - 1; at >= end; at -= 1) {
    const above = rows[at];
    if (above === undefined || isGap(above) || line.time - above.time > MAX_APART_MS) return -1;
    if (above.sourceId !== line.sourceId) continue;
    const head = heads[at] ?? -1;
    return head >= 0 || above.continues === true ? head : at;
  }
  return -1;
}

/** Of each row the index of its record's first line; -1 for lines that are no part of one. */
export function recordHeads(rows: readonly StreamRow[]): Int32Array {
  const heads = new Int32Array(rows.length).fill(-1);
  for (let index = 0; index < rows.length; index += 1) heads[index] = headAbove(rows, heads, index);
  return heads;
}

/** Leaves out the parts of folded records. Runs at every push over the whole window: 50,000 rows take a millisecond. */
export function foldRecords(
  rows: readonly StreamRow[],
  heads: Int32Array,
  isFolded: (headId: string) => boolean,
): FoldedRows {
  const parts = new Int32Array(rows.length);
  let [any, anyFolded] = [false, false];
  for (const [index, head] of heads.entries()) {
    if (head < 0) continue;
    parts[index] = PART;
    parts[head] = (parts[head] ?? 0) + 1;
    any = true;
  }
  if (!any) return { rows, parts };
  const folded = new Uint8Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if ((parts[index] ?? 0) <= 0 || row === undefined || !isFolded(row.id)) continue;
    folded[index] = 1;
    anyFolded = true;
  }
  if (!anyFolded) return { rows, parts };
  const isShown = (_: unknown, index: number): boolean => folded[heads[index] ?? -1] !== 1;
  return { rows: rows.filter(isShown), parts: parts.filter(isShown) };
}

/** The lines behind a record's first one. */
export function partsOf(rows: readonly StreamRow[], heads: Int32Array, head: number): StreamRow[] {
  const found: StreamRow[] = [];
  for (let at = head + 1, between = 0; at < rows.length && between <= MAX_BETWEEN; at += 1) {
    const row = rows[at];
    if (row !== undefined && heads[at] === head) {
      found.push(row);
      between = 0;
    } else between += 1;
  }
  return found;
}
