import { RE2JS } from 're2js';
import { FailureError } from '../../flow/failure.ts';
import { makeNeedle, type Needle, type SearchableText } from './needle.ts';
import { requiredLiterals } from './regex-literals.ts';

/** Locale key of an expression that is none. */
export const BAD_PATTERN = 'store.failure.badPattern';

/** What a person typed into the search field, ready to be looked for. */
export interface TextQuery {
  /** Byte runs that every matching line contains; see gram-filter.ts. */
  parts: Uint8Array[];
  /** 1 for every line that matches; undefined when none does. */
  match(lines: SearchableText): Uint8Array | undefined;
}

/**
 * @param text words and "quoted phrases" that a line must contain, `-word` that it must not; or one expression
 * @returns undefined for a query that asks nothing
 * @throws FailureError BAD_INPUT when the expression is none
 */
export function parseTextQuery(text: string, regex: boolean): TextQuery | undefined {
  if (text.trim() === '') return undefined;
  return regex ? expressionQuery(text) : wordQuery(text);
}

function wordQuery(text: string): TextQuery | undefined {
  const { wanted, unwanted } = splitWords(text);
  if (wanted.length === 0 && unwanted.length === 0) return undefined;
  // The longest first: it is the rarest, and where it is absent nothing else is looked for.
  const needles = wanted.map(makeNeedle).sort((a, b) => b.length - a.length);
  const excluded = unwanted.map(makeNeedle);
  return {
    parts: needles.flatMap((needle) => needle.parts),
    match(lines) {
      const hits = markAll(needles, lines);
      if (hits === undefined || excluded.length === 0) return hits;
      return without(hits, excluded, lines);
    },
  };
}

/** Words, "phrases", and both with a minus in front. A quote that is never closed holds up to the end. */
export function splitWords(text: string): { wanted: string[]; unwanted: string[] } {
  const wanted = new Set<string>();
  const unwanted = new Set<string>();
  for (const [, minus, phrase, word] of text.matchAll(/(-(?=\S))?(?:"([^"]*)"?|([^\s"]+))/g)) {
    const value = phrase ?? word ?? '';
    if (value !== '') (minus === undefined ? wanted : unwanted).add(value);
  }
  return { wanted: [...wanted], unwanted: [...unwanted] };
}

/** Lines that hold all the needles; with none, all lines. */
function markAll(needles: Needle[], lines: SearchableText): Uint8Array | undefined {
  const count = lines.ends.length;
  let kept: Uint8Array | undefined;
  for (const needle of needles) {
    const hits = new Uint8Array(count);
    if (!needle.mark(lines, hits)) return undefined;
    kept = kept === undefined ? hits : kept.map((hit, line) => hit & (hits[line] ?? 0));
  }
  return kept ?? new Uint8Array(count).fill(1);
}

function without(hits: Uint8Array, excluded: Needle[], lines: SearchableText): Uint8Array {
  const found = new Uint8Array(hits.length);
  for (const needle of excluded) needle.mark(lines, found);
  return hits.map((hit, line) => (found[line] === 1 ? 0 : hit));
}

function expressionQuery(text: string): TextQuery {
  const expression = compile(text);
  const needles = requiredLiterals(text)
    .map(makeNeedle)
    .sort((a, b) => b.length - a.length);
  return {
    parts: needles.flatMap((needle) => needle.parts),
    match(lines) {
      const candidates = markAll(needles, lines);
      if (candidates === undefined) return undefined;
      return candidates.map((hit, line) => (hit === 1 && expression.test(lineText(lines, line)) ? 1 : 0));
    },
  };
}

/** RE2 runs in linear time whatever the expression: a catastrophic one can't stall the reader. */
function compile(text: string): { test(line: string): boolean } {
  try {
    const expression = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
    return { test: (line) => expression.matcher(line).find() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new FailureError({
      kind: 'BAD_INPUT',
      message: { key: BAD_PATTERN, parameters: { reason } },
      field: 'filter.text',
      cause: error,
    });
  }
}

/** A stored line as people read it: bytes that are not UTF-8 become U+FFFD. */
export function lineText(lines: Pick<SearchableText, 'bytes' | 'ends'>, line: number): string {
  const start = line === 0 ? 0 : (lines.ends[line - 1] ?? 0);
  const { bytes } = lines;
  const end = lines.ends[line] ?? 0;
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
