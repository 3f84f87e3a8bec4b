const MILLIMETRE = 72 / 25.4;
/** Points left and right of the text. */
export const SIDE = 15 * MILLIMETRE;
/** A4 less the sides, in points. */
export const CONTENT_WIDTH = 210 * MILLIMETRE - 2 * SIDE;
/** Points above and below the text: head and foot stand there. */
export const HEAD = 54;
export const FOOT = 50;
