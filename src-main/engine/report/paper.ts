import type { State } from '../../../src-preload/contract/shared.ts';

/*
 * The colours and marks of a report: those of the light theme on screen (src-renderer/styles/tokens.css; a test compares),
 * tints laid on white since paper has no transparency.
 */

export const PAPER = {
  text: '#161b22',
  text2: '#414b58',
  text3: '#5a6574',
  line: '#dde1e7',
  lineStrong: '#c3cad3',
  well: '#f7f8fa',
  accent: '#3a4cc0',
  grid: '#e8ebef',
} as const;

/** Six series, then everything else; told apart by people with any colour sight. */
export const SERIES_COLOURS = ['#4254c6', '#8a610f', '#0d5952', '#b65485', '#1a1e23', '#7495c3'] as const;
export const OTHER_SERIES = '#98a2af';

/** `mark` draws the shape, `text` writes the word, `tint` lies behind. */
export const STATE_COLOURS: Record<State, { mark: string; text: string; tint: string }> = {
  critical: { mark: '#d55e00', text: '#a34400', tint: '#fbefe6' },
  error: { mark: '#bd7f00', text: '#835600', tint: '#fcf3de' },
  warning: { mark: '#938700', text: '#665d00', tint: '#f7f6e0' },
  info: { mark: '#2b8fca', text: '#0e659a', tint: '#eaf4fa' },
  ok: { mark: '#009e73', text: '#006e50', tint: '#e6f5f1' },
  unknown: { mark: '#7b8593', text: '#555f6d', tint: '#f1f2f3' },
};

/** Shape and fill tell a state apart without colour: the same marks as on screen, in a 12 × 12 box. */
export function markSvg(state: State, size: number): string {
  const colour = STATE_COLOURS[state].mark;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12" width="${size}" height="${size}">${shape(state, colour)}</svg>`;
}

function shape(state: State, colour: string): string {
  switch (state) {
    case 'critical':
      return `<path d="M6 .4 11.6 6 6 11.6 .4 6Z" fill="${colour}"/>`;
    case 'error':
      return `<path d="M6 .9 11.7 11H.3Z" fill="${colour}"/>`;
    case 'warning':
      return `<path d="M6 1.9 10.7 10.2H1.3Z" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/>`;
    case 'info':
      return `<circle cx="6" cy="6" r="4.4" fill="${colour}"/>`;
    case 'ok':
      return `<path d="M1.4 6.4 4.6 9.5 10.7 2.9" fill="none" stroke="${colour}" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/>`;
    case 'unknown':
      return `<circle cx="6" cy="6" r="4.5" fill="none" stroke="${colour}" stroke-width="1.7" stroke-dasharray="2 1.53"/>`;
  }
}

/** The watchtower. */
export function brandSvg(size: number, colour: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="${size}" height="${size}"><path d="M3 8.5 12 3l9 5.5M5.5 8.5h13M8 8.5V13M16 8.5V13M12 8.5V13M5 13h14M8.5 13 6 21.5M15.5 13 18 21.5M7.4 17.3h9.2" fill="none" stroke="${colour}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

/** The four-band rule of a score (50/80/90) with a marker at the score and a small one at the last. */
export function scoreRuleSvg(score: number | null, previous: number | undefined, width: number): string {
  const height = 14;
  const at = (value: number): number => (value / 100) * width;
  const bands = [
    [0, 50, '#c3c8d2'],
    [50, 80, '#d3d8e0'],
    [80, 90, '#e0e4e9'],
    [90, 100, '#e9edf1'],
  ] as const;
  const parts = bands.map(
    ([from, to, colour]) =>
      `<rect x="${at(from)}" y="4" width="${at(to) - at(from) - (to === 100 ? 0 : 1.5)}" height="6" fill="${colour}"/>`,
  );
  if (previous !== undefined)
    parts.push(`<rect x="${at(previous) - 0.5}" y="2.5" width="1" height="9" fill="${PAPER.text3}"/>`);
  if (score !== null)
    parts.push(`<rect x="${at(score) - 1.25}" y="1" width="2.5" height="12" fill="${PAPER.text}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${parts.join('')}</svg>`;
}

/** A risk of 0–100 as a bar of its parts; white between them. */
export function riskBarSvg(parts: readonly number[], state: State, width: number): string {
  const colour = STATE_COLOURS[state].mark;
  let x = 0;
  const bars = parts.map((part, index) => {
    const length = (Math.max(0, part) / 100) * width;
    const bar = `<rect x="${x}" y="0" width="${Math.max(0, length - 1)}" height="8" fill="${colour}" fill-opacity="${1 - index * 0.22}"/>`;
    x += length;
    return bar;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 8" width="${width}" height="8"><rect x="0" y="0" width="${width}" height="8" fill="${PAPER.grid}"/>${bars.join('')}</svg>`;
}

/** Earlier scores as a line; nothing where there are fewer than two. */
export function trendSvg(trend: readonly number[], width: number, height: number): string | undefined {
  if (trend.length < 2) return undefined;
  const low = Math.min(...trend);
  const span = Math.max(10, Math.max(...trend) - low);
  const points = trend.map((value, index) => {
    const x = (index / (trend.length - 1)) * (width - 2) + 1;
    return `${x.toFixed(1)},${(height - 2 - ((value - low) / span) * (height - 4)).toFixed(1)}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><polyline points="${points.join(' ')}" fill="none" stroke="${PAPER.accent}" stroke-width="1.2"/></svg>`;
}
