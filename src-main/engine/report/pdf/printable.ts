import { openSync } from 'fontkit';

/** The fonts of a PDF, as files. */
export interface ReportFonts {
  regular: string;
  bold: string;
  /** For addresses, paths and log lines. */
  code: string;
}

/** A stretch of text in one font. */
export interface Run {
  text: string;
  font: 'sans' | 'code';
}

/** What the fonts can draw; read once for a process, since reading a font's table takes some 20 ms. */
export interface Glyphs {
  sans: ReadonlySet<number>;
  code: ReadonlySet<number>;
}

const known = new Map<string, ReadonlySet<number>>();

export function glyphsOf(fonts: ReportFonts): Glyphs {
  return { sans: characters(fonts.regular), code: characters(fonts.code) };
}

function characters(file: string): ReadonlySet<number> {
  let set = known.get(file);
  if (set === undefined) {
    const font = openSync(file);
    if (!('characterSet' in font)) throw new TypeError(`${file} is a collection of fonts`);
    set = new Set(font.characterSet);
    known.set(file, set);
  }
  return set;
}

/** Characters that move, hide or reorder what follows. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u;
const LONGEST = 20_000;
const REPLACEMENT = '\u25a1';

/**
 * Text from anywhere as the fonts can draw it: what is hidden or has no glyph becomes a visible box with its code point,
 * so that nothing in a log line can vanish or turn the page around.
 * @param code monospaced where possible
 */
export function runsOf(text: string, glyphs: Glyphs, code: boolean): Run[] {
  const runs: Run[] = [];
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
  for (const character of shown) {
    const point = character.codePointAt(0) ?? 0;
    const drawn = drawable(character, point, glyphs);
    const font = code && glyphs.code.has(drawn.codePointAt(0) ?? 0) ? 'code' : 'sans';
    const last = runs.at(-1);
    // A space belongs to the run before it: otherwise every one would begin a new one.
    if (last !== undefined && (last.font === font || drawn === ' ')) last.text += drawn;
    else runs.push({ text: drawn, font });
  }
  return runs;
}

function drawable(character: string, point: number, glyphs: Glyphs): string {
  if (character === '\t' || character === '\n') return ' ';
  if (!INVISIBLE.test(character) && glyphs.sans.has(point)) return character;
  if (glyphs.code.has(point) && !INVISIBLE.test(character)) return character;
  return `${REPLACEMENT}${point.toString(16).toUpperCase()}`;
}
