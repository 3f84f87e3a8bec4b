/** A column of numbers moved into a larger one of its kind. */
export function grown<Column extends Uint16Array | Int32Array | Uint32Array | Float64Array>(
  column: Column,
  larger: Column,
): Column {
  larger.set(column);
  return larger;
}
