/** A half-open stretch of a title that was typed. */
export interface Hit {
  from: number;
  to: number;
}

/**
 * Whether a title is meant by what was typed: every word of it occurs, whatever its case. Japanese has no spaces, so any
 * place counts; the beginning of a word counts more.
 * @returns undefined when it is not meant; a lower rank comes first
 */
export function match(title: string, typed: string): { rank: number; hits: Hit[] } | undefined {
  const folded = title.toLowerCase();
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const hits: Hit[] = [];
  let rank = 0;
  // A few letters grow when lowered (İ): then positions would be of another text, and nothing is marked.
  const marks = folded.length === title.length;
  for (const word of words) {
    const at = folded.indexOf(word);
    if (at === -1) return undefined;
    const begins = at === 0 || /[\s/.:_-]/.test(folded[at - 1] ?? '');
    rank += at + (begins ? 0 : 100);
    if (marks) hits.push({ from: at, to: at + word.length });
  }
  return { rank, hits: hits.sort((a, b) => a.from - b.from) };
}

/** A title cut into what was typed and what was not; joined, it is the title again. */
export function marked(title: string, hits: readonly Hit[]): { text: string; hit: boolean }[] {
  const parts: { text: string; hit: boolean }[] = [];
  let end = 0;
  for (const { from, to } of hits) {
    if (from < end) continue;
    if (from > end) parts.push({ text: title.slice(end, from), hit: false });
    parts.push({ text: title.slice(from, to), hit: true });
    end = to;
  }
  if (end < title.length) parts.push({ text: title.slice(end), hit: false });
  return parts;
}
