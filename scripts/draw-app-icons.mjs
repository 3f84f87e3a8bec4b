/**
 * Draws the program's icons out of the brand mark: `node scripts/draw-app-icons.mjs` writes packaging/icons (PNG for
 * Linux, ICO for Windows, ICNS for macOS) and resources/icons/yagura.png. What it draws is committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picture, stroke } from './lib/picture.mjs';
import { root } from './lib/project.mjs';

/** @typedef {import('./lib/picture.mjs').Colour} Colour */

/** resources/icons/yagura.svg is drawn on a square of 512. */
const FIELD = 512;
/** @type {Colour} */
const GROUND = [20, 24, 30];
/** @type {Colour} */
const TOWER = [147, 165, 255];

/** The strokes of the brand mark (src-renderer/shell/BrandMark.vue), on its field of 24. */
const MARK = /** @type {const} */ ([
  [3, 8.5, 12, 3],
  [12, 3, 21, 8.5],
  [5.5, 8.5, 18.5, 8.5],
  [8, 8.5, 8, 13],
  [16, 8.5, 16, 13],
  [12, 8.5, 12, 13],
  [5, 13, 19, 13],
  [8.5, 13, 6, 21.5],
  [15.5, 13, 18, 21.5],
  [7.4, 17.3, 16.6, 17.3],
]);
const SCALE = 16;
const LEFT = 64;
const TOP = 60;
const WIDTH = 1.7 * SCALE;

const strokes = MARK.map(([x1, y1, x2, y2]) =>
  stroke(LEFT + x1 * SCALE, TOP + y1 * SCALE, LEFT + x2 * SCALE, TOP + y2 * SCALE, WIDTH),
);

/** @type {import('./lib/picture.mjs').Shape} */
const tile = (x, y) => {
  const half = FIELD / 2;
  const round = 112;
  const dx = Math.max(0, Math.abs(x - half) - (half - round));
  const dy = Math.max(0, Math.abs(y - half) - (half - round));
  return Math.hypot(dx, dy) <= round;
};

/** @type {(x: number, y: number) => Colour | undefined} */
const paint = (x, y) => {
  if (strokes.some((part) => part(x, y))) return TOWER;
  return tile(x, y) ? GROUND : undefined;
};

/** Windows: a directory of pictures, each a PNG, which it reads since Vista. @param {Map<number, Buffer>} pictures */
function ico(pictures) {
  const sizes = [16, 32, 48, 64, 128, 256];
  const directory = Buffer.alloc(6 + 16 * sizes.length);
  directory.writeUInt16LE(1, 2);
  directory.writeUInt16LE(sizes.length, 4);
  let offset = directory.length;
  const bodies = sizes.map((size, index) => {
    const body = pictures.get(size) ?? Buffer.alloc(0);
    const at = 6 + 16 * index;
    // 0 stands for 256.
    directory.set([size % 256, size % 256], at);
    directory.writeUInt16LE(1, at + 4);
    directory.writeUInt16LE(32, at + 6);
    directory.writeUInt32LE(body.length, at + 8);
    directory.writeUInt32LE(offset, at + 12);
    offset += body.length;
    return body;
  });
  return Buffer.concat([directory, ...bodies]);
}

/** macOS: blocks of a four letter type, a length, and a PNG. @param {Map<number, Buffer>} pictures */
function icns(pictures) {
  /** @type {Record<string, number>} Types of the format and their pixels; those above ic10 are for dense screens. */
  const types = { ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64, ic13: 256, ic14: 512 };
  const blocks = Object.entries(types).map(([type, size]) =>
    block(type, pictures.get(size) ?? Buffer.alloc(0)),
  );
  return block('icns', Buffer.concat(blocks));
}

/**
 * @param {string} type
 * @param {Buffer} body
 */
function block(type, body) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 8, 4);
  return Buffer.concat([head, body]);
}

const folder = join(root, 'packaging', 'icons');
await mkdir(folder, { recursive: true });
/** @type {Map<number, Buffer>} */
const pictures = new Map();
for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024])
  // Large pictures have edges enough with fewer points.
  pictures.set(size, picture(paint, size, FIELD, size > 128 ? 4 : 8));
for (const [size, body] of pictures) await writeFile(join(folder, `${size}x${size}.png`), body);
await writeFile(join(folder, 'icon.ico'), ico(pictures));
await writeFile(join(folder, 'icon.icns'), icns(pictures));
await writeFile(join(root, 'resources', 'icons', 'yagura.png'), pictures.get(256) ?? Buffer.alloc(0));
