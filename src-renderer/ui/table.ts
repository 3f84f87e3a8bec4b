/** One column of a DataTable. Cells are drawn by the slot `cell-<id>`, else by `text`. */
export interface Column<Row> {
  id: string;
  /** Head, already translated. Empty for a column of acts; then `spoken` names it. */
  title: string;
  spoken?: string;
  /** CSS grid track, e.g. `minmax(0, 1fr)`, `88px`. */
  width: string;
  /** Numbers stand right, text left. */
  align?: 'left' | 'right';
  /** Cell text; also what is shown on hover when the cell is cut. */
  text?: (row: Row) => string;
  /** Makes the column sortable: negative when `a` comes before `b`. */
  compare?: (a: Row, b: Row) => number;
  /** An address, say: the column never cuts it. */
  uncut?: boolean;
}

export interface Sorting {
  columnId: string;
  descending: boolean;
}

/** What a screen may ask of its table, by template ref. */
export interface TableHandle {
  focus: () => void;
  /** Moves the selection by rows, without focus. */
  moveBy: (rows: number) => void;
}

/** Rows in the order asked, leaving the given array alone. Equal rows keep their order. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const compare = columns.find((column) => column.id === sorting?.columnId)?.compare;
  if (sorting === null || compare === undefined) return rows;
  return [...rows].sort((a, b) => (sorting.descending ? compare(b, a) : compare(a, b)));
}
