/**
 * Draws the tray's icons: the watchtower, and a mark for the worst state that differs in shape as well as in colour.
 * `node scripts/draw-tray-icons.mjs` writes resources/icons/tray; what it draws is committed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picture, stroke } from './lib/picture.mjs';
import { root } from './lib/project.mjs';

/** @typedef {import('./lib/picture.mjs').Colour} Colour */
/** @typedef {import('./lib/picture.mjs').Shape} Shape whether a point of the 16 × 16 field lies in it */

/** The side of the field that the shapes are drawn on. */
const FIELD = 16;

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

const folder = join(root, 'resources', 'icons', 'tray');
await mkdir(folder, { recursive: true });
for (const state of Object.keys(STATES)) {
  await writeFile(join(folder, `${state}.png`), picture(painter(state), 16, FIELD));
  await writeFile(join(folder, `${state}@2x.png`), picture(painter(state), 32, FIELD));
}
