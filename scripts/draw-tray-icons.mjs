/**
 * Draws the tray's icons: the watchtower, and a mark for the worst state that differs in shape as well as in colour.
 * `node scripts/draw-tray-icons.mjs` writes resources/icons/tray; what it draws is committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { root } from './lib/project.mjs';

/** @typedef {readonly [red: number, green: number, blue: number]} Colour */
/** @typedef {(x: number, y: number) => boolean} Shape whether a point of the 16 × 16 field lies in it */

/** Of tokens.css: the dark ground, the accent, and the states. */
/** @type {Record<'ground' | 'tower' | 'critical' | 'error' | 'warning' | 'info' | 'unknown', Colour>} */
const COLOURS = {
  ground: [20, 24, 30],
  tower: [147, 165, 255],
  critical: [255, 120, 60],
  error: [230, 159, 0],
  warning: [216, 204, 74],
  info: [86, 180, 233],
  unknown: [170, 178, 190],
};

/** @type {(x1: number, y1: number, x2: number, y2: number, width: number) => Shape} */
const stroke = (x1, y1, x2, y2, width) => (x, y) => {
  const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2);
  const near = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x1 - near * (x2 - x1), y - y1 - near * (y2 - y1)) <= width / 2;
};

/** @type {Shape} */
const tile = (x, y) => {
  const dx = Math.max(0, Math.abs(x - 8) - 4.5);
  const dy = Math.max(0, Math.abs(y - 8) - 4.5);
  return Math.hypot(dx, dy) <= 3.5;
};

/** Roof, rail, platform and legs. */
const TOWER = [
  stroke(3, 6, 8, 2.6, 1.3),
  stroke(8, 2.6, 13, 6, 1.3),
  stroke(4, 6.4, 12, 6.4, 1.2),
  stroke(5.4, 6.4, 5.4, 9, 1.1),
  stroke(10.6, 6.4, 10.6, 9, 1.1),
  stroke(4, 9.2, 12, 9.2, 1.3),
  stroke(6, 9.2, 4.8, 13.6, 1.2),
  stroke(10, 9.2, 11.2, 13.6, 1.2),
];

/** Centre of the mark, at the lower right. */
const AT = { x: 11.4, y: 11.2 };
/** @type {(size: number) => Shape} */
const disc = (size) => (x, y) => Math.hypot(x - AT.x, y - AT.y) <= size;
/** @type {(size: number) => Shape} */
const diamond = (size) => (x, y) => Math.abs(x - AT.x) + Math.abs(y - AT.y) <= size;
/** @type {(size: number) => Shape} */
const triangle = (size) => (x, y) => {
  const down = y - (AT.y - size);
  return down >= 0 && down <= size * 1.8 && Math.abs(x - AT.x) <= down * 0.58;
};

/**
 * What is cut out of the tower so that the mark stands free, the mark, and what is cut out of the mark.
 * @type {Record<string, { colour: Colour, edge: Shape, mark: Shape, hole?: Shape } | undefined>}
 */
const STATES = {
  ok: undefined,
  info: { colour: COLOURS.info, edge: disc(4.2), mark: disc(3) },
  warning: { colour: COLOURS.warning, edge: triangle(5.6), mark: triangle(4.3), hole: triangle(1.9) },
  error: { colour: COLOURS.error, edge: triangle(5.6), mark: triangle(4.3) },
  critical: { colour: COLOURS.critical, edge: diamond(5.6), mark: diamond(4.4) },
  unknown: { colour: COLOURS.unknown, edge: disc(4.4), mark: disc(3.4), hole: disc(1.9) },
};

/**
 * @param {string} state
 * @returns {(x: number, y: number) => Colour | undefined} colour of a point
 */
function painter(state) {
  const badge = STATES[state];
  return (x, y) => {
    if (badge?.mark(x, y) === true) return badge.hole?.(x, y) === true ? COLOURS.ground : badge.colour;
    if (badge?.edge(x, y) === true) return tile(x, y) ? COLOURS.ground : undefined;
    if (TOWER.some((part) => part(x, y))) return COLOURS.tower;
    return tile(x, y) ? COLOURS.ground : undefined;
  };
}

/** Points per pixel's side. */
const SAMPLES = 8;

/**
 * @param {(x: number, y: number) => Colour | undefined} paint
 * @param {number} size in pixels
 * @returns {Buffer} PNG
 */
function picture(paint, size) {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const sum = [0, 0, 0, 0];
      for (let sample = 0; sample < SAMPLES ** 2; sample += 1) {
        const x = ((column + ((sample % SAMPLES) + 0.5) / SAMPLES) * 16) / size;
        const y = ((row + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) * 16) / size;
        const colour = paint(x, y);
        if (colour === undefined) continue;
        [...colour, 255].forEach((part, index) => (sum[index] = (sum[index] ?? 0) + part));
      }
      const covered = (sum[3] ?? 0) / 255;
      const at = row * (1 + size * 4) + 1 + column * 4;
      for (let part = 0; part < 3; part += 1)
        rows[at + part] = covered === 0 ? 0 : Math.round((sum[part] ?? 0) / covered);
      rows[at + 3] = Math.round((covered * 255) / SAMPLES ** 2);
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

const folder = join(root, 'resources', 'icons', 'tray');
await mkdir(folder, { recursive: true });
for (const state of Object.keys(STATES)) {
  await writeFile(join(folder, `${state}.png`), picture(painter(state), 16));
  await writeFile(join(folder, `${state}@2x.png`), picture(painter(state), 32));
}
