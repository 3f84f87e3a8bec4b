/** Pictures out of shapes, as PNG: no graphics program is needed to draw the icons. */
import { crc32, deflateSync } from 'node:zlib';

/** @typedef {readonly [red: number, green: number, blue: number]} Colour */
/** @typedef {(x: number, y: number) => boolean} Shape whether a point of the field lies in it */

/**
 * A line with round ends.
 * @type {(x1: number, y1: number, x2: number, y2: number, width: number) => Shape}
 */
export const stroke = (x1, y1, x2, y2, width) => (x, y) => {
  const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
  const near = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - near * (x2 - x1), y - y1 - near * (y2 - y1)) <= width / 2;
};

/**
 * @param {(x: number, y: number) => Colour | undefined} paint
 * @param {number} size in pixels
 * @param {number} field side of the square that the shapes are drawn on
 * @param {number} [samples] points per pixel's side
 * @returns {Buffer} PNG
 */
export function picture(paint, size, field, samples = 8) {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0, 0];
      for (let sample = 0; sample < samples ** 2; sample += 1) {
        const x = ((column + ((sample % samples) + 0.5) / samples) * field) / size;
        const y = ((row + (Math.floor(sample / samples) + 0.5) / samples) * field) / size;
        const colour = paint(x, y);
        if (colour === undefined) continue;
        [...colour, 255].forEach((part, index) => (sum[index] = (sum[index] ?? 0) + part));
      }
      const covered = (sum[3] ?? 0) / 255;
      const at = row * (1 + size * 4) + 1 + column * 4;
      for (let part = 0; part < 3; part += 1)
        rows[at + part] = covered === 0 ? 0 : Math.round((sum[part] ?? 0) / covered);
      rows[at + 3] = Math.round((covered * 255) / samples ** 2);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // Eight bits a channel, red green blue alpha.
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * @param {string} name
 * @param {Buffer} data
 */
function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
