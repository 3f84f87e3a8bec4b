const MILLIMETRE = 72 / 25.4;
/** Points left and right of the text. */
export const SIDE = 15 * MILLIMETRE;
/** A4 less the sides, in points. */
export const CONTENT_WIDTH = 210 * MILLIMETRE - 2 * SIDE;
/** Name of a section's place, for the contents. @param index 0-based */
export function sectionId(index: number): string {
  return `section-${index + 1}`;
}
/** Points above and below the text: head and foot stand there. */
export const HEAD = 54;
export const FOOT = 50;
