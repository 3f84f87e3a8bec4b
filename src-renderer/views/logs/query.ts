import type { HitFinder, Span } from '../../ui/log-segments.ts';

/**
 * The words of the query field, read the way the engine reads them (`logFilterSchema`): words and "quoted phrases"
 * that a line must contain, `-word` that it must not. Only for highlighting: what matches is decided by the engine.
 */
export interface TextQuery {
  wanted: string[];
  unwanted: string[];
}

/** Hits marked in one line; a line of 20,000 times the same letter must not make 20,000 elements. */
export const MAX_HITS_PER_LINE = 200;

const TERM = /(-?)(?:"([^"]*)"?|(\S+))/g;

/** Splits the text of a query into its words and phrases; an unclosed quote runs to the end. */
export function parseTextQuery(text: string): TextQuery {
  const query: TextQuery = { wanted: [], unwanted: [] };
  for (const [, sign, phrase, word] of text.matchAll(TERM)) {
    const term = phrase ?? word ?? '';
    if (term === '' || term === '-') continue;
    (sign === '-' ? query.unwanted : query.wanted).push(term);
  }
  return query;
}

/**
 * Lower case with the same length as the text, so that a position in one is a position in the other
 * (a few letters, such as the Turkish İ, grow when lowered: they stay as they are).
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  let folded = '';
  for (const unit of text) {
    const small = unit.toLowerCase();
    folded += small.length === unit.length ? small : unit;
  }
  return folded;
}

/** Finds every wanted word, whatever its case. */
export function wordFinder(query: TextQuery): HitFinder {
  const words = query.wanted.map(foldCase).filter((word) => word !== '');
  return (text) => {
    if (words.length === 0) return [];
    const folded = foldCase(text);
    const spans: Span[] = [];
    for (const word of words) {
      let at = folded.indexOf(word);
      while (at !== -1 && spans.length < MAX_HITS_PER_LINE) {
        spans.push({ from: at, to: at + word.length });
        at = folded.indexOf(word, at + word.length);
      }
    }
    return mergeSpans(spans);
  };
}

/** True when a line holds all wanted words and none of the unwanted: what the engine would answer. */
export function matchesWords(query: TextQuery, text: string): boolean {
  const folded = foldCase(text);
  return (
    query.wanted.every((word) => folded.includes(foldCase(word))) &&
    !query.unwanted.some((word) => folded.includes(foldCase(word)))
  );
}

/** Sorts spans and joins those that touch or overlap. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}
