import type { Cell, Column, Words } from '../document.ts';
import { CONTENT_WIDTH } from './page-size.ts';

/** Widths of letters as a share of the font size: Noto Sans JP and JetBrains Mono, measured over ordinary text. */
const WIDE = 1;
const NARROW = 0.56;
const CODE = 0.6;
const CELL_SIZE = 8.5;
const CODE_SIZE = 7.6;
const MARK_WIDTH = 12;
/** A column as wide as its words takes no more than this; what is longer wraps. */
const MAX_FIT = 150;
const MIN_FIT = 24;
/** Left and right of a cell's words; the first and last column stand near the edge. */
export const CELL_PADDING = 5;
export const EDGE_PADDING = 2;
/** No fill column gets narrower, even if the fitting ones would leave it less. */
const MIN_FILL = 60;
/** Cells looked at for a column's width: a thousand rows look like the first of them. */
const SAMPLE = 300;

/**
 * Widths of a table's columns in points. pdfmake's own `auto` and `*` make a column at least as wide as its longest word,
 * and a log holds words of two thousand letters; in a column of a given width they are cut into lines.
 */
export function columnWidths(columns: Column[], rows: Cell[][], say: (words: Words) => string): number[] {
  const fitting = columns.map((column, index) => {
    if (column.width === 'fill') return undefined;
    const cells = rows.slice(0, SAMPLE).flatMap((row) => row[index] ?? []);
    const widest = cells.reduce((most, cell) => Math.max(most, cellWidth(cell, say)), 0);
    const title = textWidth(say(column.title), 8);
    return Math.min(MAX_FIT, Math.max(MIN_FIT, widest, title)) + 1;
  });
  const padding = 2 * CELL_PADDING * (columns.length - 1) + 2 * EDGE_PADDING;
  const taken = fitting.reduce<number>((sum, width) => sum + (width ?? 0), padding);
  const filling = fitting.filter((width) => width === undefined).length;
  const fill = Math.max(MIN_FILL, (CONTENT_WIDTH - taken) / Math.max(1, filling));
  const widths = fitting.map((width) => width ?? fill);
  const total = widths.reduce((sum, width) => sum + width, padding);
  // Too many wide columns: all give way alike.
  const scale = Math.min(1, (CONTENT_WIDTH - padding) / (total - padding));
  return widths.map((width) => width * scale);
}

function cellWidth(cell: Cell, say: (words: Words) => string): number {
  const text = say(cell.words);
  const width = cell.code === true ? text.length * CODE * CODE_SIZE : textWidth(text, CELL_SIZE);
  return width + (cell.state === undefined ? 0 : MARK_WIDTH);
}

function textWidth(text: string, size: number): number {
  let width = 0;
  // Kana, kanji and full-width forms begin here; everything before is narrow.
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x2e80 ? WIDE : NARROW;
  return width * size;
}
