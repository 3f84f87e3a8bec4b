import type { Span } from '../../ui/log-segments.ts';

export interface Match {
  /** Higher is better; only comparable for the same query. */
  score: number;
  /** What of the text was matched, in order. */
  spans: Span[];
}

const PREFIX = 400;
const WORD = 300;
const INSIDE = 200;
const SCATTERED = 100;
/** Between two words of a label, a path or an address. */
const BOUNDARY = /[\s/._:·-]/;

/** As typed, made comparable: an input method may leave full-width digits and letters behind. */
export function queryOf(typed: string): string {
  return typed.normalize('NFKC').trim().toLowerCase();
}

/** Lower case of the same length, so that a position in it is one in the text. */
function lowered(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

/**
 * How well a text fits: at its beginning, at the beginning of a word, inside, or (Latin letters only, where a word is
 * often typed by its first letters) in order but scattered. Several words must all be there, in any order.
 * @param query as `queryOf` makes it; empty fits everything
 */
export function matchText(text: string, query: string): Match | undefined {
  const words = query.split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return { score: 0, spans: [] };
  const within = lowered(text);
  let score = 0;
  const spans: Span[] = [];
  for (const word of words) {
    const found = matchWord(within, word);
    if (found === undefined) return undefined;
    score += found.score;
    spans.push(...found.spans);
  }
  // Of two that fit alike, the shorter says less besides.
  return { score: score - Math.min(text.length, 99) / 100, spans: joined(spans) };
}

function matchWord(text: string, word: string): Match | undefined {
  let inside: number | undefined;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (at === 0) return { score: PREFIX, spans: [{ from: 0, to: word.length }] };
    if (BOUNDARY.test(text[at - 1] ?? ''))
      return { score: WORD, spans: [{ from: at, to: at + word.length }] };
    inside ??= at;
  }
  if (inside !== undefined) return { score: INSIDE, spans: [{ from: inside, to: inside + word.length }] };
  return /^[a-z]{2,}$/.test(word) ? scattered(text, word) : undefined;
}

/** "mkrp" for "Make a report": every letter in order, the first one at the beginning of a word. */
function scattered(text: string, word: string): Match | undefined {
  const spans: Span[] = [];
  let from = 0;
  for (const letter of word) {
    let at = text.indexOf(letter, from);
    while (spans.length === 0 && at > 0 && !BOUNDARY.test(text[at - 1] ?? ''))
      at = text.indexOf(letter, at + 1);
    if (at === -1) return undefined;
    spans.push({ from: at, to: at + 1 });
    from = at + 1;
  }
  const first = spans[0]?.from ?? 0;
  return { score: SCATTERED - Math.min(50, from - first - word.length), spans };
}

function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}
