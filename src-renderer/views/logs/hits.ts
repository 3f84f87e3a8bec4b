import type { HitFinder, Span } from '../../ui/log-segments.ts';

/** Hits marked in one line; a line of 20,000 times the same letter must not make 20,000 elements. */
export const MAX_HITS_PER_LINE = 200;

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

/** Finds every one of these words, whatever its case. */
export function wordFinder(wanted: readonly string[]): HitFinder {
  const words = wanted.map(foldCase).filter((word) => word !== '');
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
