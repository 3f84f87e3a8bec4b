import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OTHER_SERIES, PAPER, SERIES_COLOURS, STATE_COLOURS } from '../../../src-main/engine/report/paper.ts';

/** The light theme's tokens. */
const tokens = (() => {
  const css = readFileSync('src-renderer/styles/tokens.css', 'utf8');
  const light = css.slice(css.indexOf("[data-theme='light'] {"));
  return new Map(
    [...light.matchAll(/--y-([\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
})();

/** A translucent colour laid on white. */
function onWhite(rgba: string): string {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (/\((.+)\)/.exec(rgba)?.[1] ?? '').split(',').map(Number);
  const mixed = [red, green, blue].map((part) => Math.round(part * alpha + 255 * (1 - alpha)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

test.each([
  ['text', PAPER.text],
  ['text-2', PAPER.text2],
  ['text-3', PAPER.text3],
  ['line', PAPER.line],
  ['line-strong', PAPER.lineStrong],
  ['sunken', PAPER.well],
  ['accent', PAPER.accent],
  ['grid', PAPER.grid],
  ['c-other', OTHER_SERIES],
  ...SERIES_COLOURS.map((colour, index): [string, string] => [`c${index + 1}`, colour]),
])('the paper colour of --y-%s, is the light theme’s', (token, colour) => {
  expect(colour).toBe(tokens.get(token));
});

test.each(Object.entries(STATE_COLOURS))(
  'the colours of %s, are the light theme’s',
  (state, { mark, text, tint }) => {
    expect(mark).toBe(tokens.get(state));
    expect(text).toBe(tokens.get(`${state}-text`));
    expect(tint).toBe(onWhite(tokens.get(`${state}-tint`) ?? ''));
  },
);
