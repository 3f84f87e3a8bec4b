import { EMPTY, VALUE } from './template-token.ts';
import type { Agreement, Context } from './variable-judge.ts';

/** A shape's tokens as texts, with how many lines had it. */
export interface WeighedShape {
  tokens: readonly string[];
  lines: number;
}

/** Whether words that differ at a place are values there. */
export type Judge = (context: Context) => boolean;

/** Passes over the shapes: the second finds places that only agree once the first has made its values wild. */
const ROUNDS = 3;
/** Values kept of a place: beyond it there is no doubt. */
const MAX_VALUES = 256;

/**
 * What a set of shapes has taught: the places where words differ while all around them stays the same, and that are
 * therefore values. Applying it to a shape gives its template. A place is named by a hash of what stands around it, so
 * that shapes met later, with words never seen, find it too.
 */
export class ContextRules {
  readonly #rounds: readonly ReadonlySet<number>[];

  private constructor(rounds: readonly ReadonlySet<number>[]) {
    this.#rounds = rounds;
  }

  static none(): ContextRules {
    return new ContextRules([]);
  }

  /**
   * These rules and what the shapes add to them. Time in proportion to the tokens of all shapes.
   * @param judge tells whether what differs at a place are values
   */
  learn(shapes: readonly WeighedShape[], judge: Judge): ContextRules {
    const rounds: ReadonlySet<number>[] = [];
    let current = shapes;
    for (let round = 0; round < ROUNDS; round += 1) {
      const known = this.#rounds[round];
      // What follows is only looked at once words are values: sentences that end in names differ in all their ends.
      const found = variablePlaces(current, round < ROUNDS - 1 ? withoutTails(judge) : judge);
      if (known !== undefined) for (const place of known) found.add(place);
      rounds.push(found);
      if (found.size === 0) continue;
      current = merged(current.map(({ tokens, lines }) => ({ tokens: applied(tokens, found), lines })));
    }
    return new ContextRules(rounds);
  }

  /** Places known. */
  get size(): number {
    return this.#rounds.reduce((sum, round) => sum + round.size, 0);
  }

  /** The shape with all known places made wild; the same array where there is none. */
  apply(tokens: readonly string[]): readonly string[] {
    let current = tokens;
    for (const round of this.#rounds) current = applied(current, round);
    return current;
  }
}

function withoutTails(judge: Judge): Judge {
  return (context) => context.agrees !== 'before' && judge(context);
}

function variablePlaces(shapes: readonly WeighedShape[], judge: Judge): Set<number> {
  const contexts = new Map<number, Context>();
  for (const { tokens, lines } of shapes) {
    forEachPlace(tokens, (from, to, key, agrees, tail) => {
      let context = contexts.get(key);
      if (context === undefined) {
        context = { tokens, from, to, agrees, values: new Map(), lines: 0 };
        contexts.set(key, context);
      }
      const value = tail ?? (to === from + 1 ? (tokens[from] ?? '') : tokens.slice(from, to).join(''));
      context.lines += lines;
      const known = context.values.get(value);
      if (known !== undefined || context.values.size < MAX_VALUES)
        context.values.set(value, (known ?? 0) + lines);
    });
  }
  const found = new Set<number>();
  for (const [key, context] of contexts) {
    if (context.values.size > 1 && judge(context)) found.add(key);
  }
  return found;
}

function applied(tokens: readonly string[], places: ReadonlySet<number>): readonly string[] {
  if (places.size === 0) return tokens;
  /** Where the value that begins at a token ends. */
  let ends: Map<number, number> | undefined;
  forEachPlace(tokens, (from, to, key) => {
    if (!places.has(key)) return;
    ends ??= new Map();
    ends.set(from, Math.max(to, ends.get(from) ?? 0));
  });
  if (ends === undefined) return tokens;
  const changed: string[] = [];
  for (let index = 0; index < tokens.length;) {
    const end = ends.get(index);
    if (end === undefined) {
      changed.push(tokens[index] ?? '');
      index += 1;
    } else {
      changed.push(VALUE);
      index = end;
    }
  }
  return joined(changed);
}

/** Values with nothing but joining delimiters between them are one, as in the scanner. */
export function joined(tokens: readonly string[]): string[] {
  const result: string[] = [];
  let last = -1;
  for (const token of tokens) {
    if (token === VALUE && last >= 0) result.length = last + 1;
    else {
      result.push(token);
      if (token === VALUE) last = result.length - 1;
      else if (!JOINING.test(token)) last = -1;
    }
  }
  return result;
}

const JOINING = /^[ ,:;|#.<>~\-/]+$/;
/** Tokens on either side that a place among changing neighbours is known by. */
const NEAR = 3;
/** Stands for whatever follows. */
const TAIL = 0x5f3759df;
const OPENING = '([{<"\'`（［｛【「『〈《〔';
const CLOSING = ')]}>"\'`）］｝】」』〉》〕';
/** Tokens that a value in brackets may have. */
const MAX_SPAN = 16;

/** @param tail stands for the end of the line, where that is the place */
type Look = (from: number, to: number, key: number, agrees: Agreement, tail?: string) => void;

/**
 * Calls back with every token, or bracketed run of tokens, that can be a value, and with hashes of what stands around it:
 * all of it, and only the nearest.
 */
function forEachPlace(tokens: readonly string[], look: Look): void {
  const count = tokens.length;
  const hashes = tokens.map(hashOfText);
  const prefixes = new Int32Array(count + 1);
  const suffixes = new Int32Array(count + 1);
  prefixes[0] = 0x2545f491;
  for (let index = 0; index < count; index += 1)
    prefixes[index + 1] = Math.imul(prefixes[index] ?? 0, 0x01000193) ^ (hashes[index] ?? 0);
  for (let index = count - 1; index >= 0; index -= 1)
    suffixes[index] = Math.imul(suffixes[index + 1] ?? 0, 0x2c1b3c6d) ^ (hashes[index] ?? 0);
  for (let index = 0; index < count; index += 1) {
    const token = tokens[index] ?? '';
    if (isPlace(token)) {
      look(index, index + 1, keyOf(prefixes[index] ?? 0, suffixes[index + 1] ?? 0), 'all');
      look(index, index + 1, nearKey(tokens, hashes, index), 'near');
      if (index > 1 && tokens[index - 1] === ' ')
        look(index, count, keyOf(prefixes[index] ?? 0, TAIL), 'before', String(suffixes[index]));
    }
    if (token.length === 1 && OPENING.includes(token)) {
      const end = spanEnd(tokens, index);
      if (end > index + 2) look(index + 1, end, keyOf(prefixes[index + 1] ?? 0, suffixes[end] ?? 0), 'all');
    }
  }
}

/** Index of the bracket that closes the one at `open`, or -1. */
function spanEnd(tokens: readonly string[], open: number): number {
  const closing = CLOSING[OPENING.indexOf(tokens[open] ?? '')];
  for (let index = open + 1; index < tokens.length && index <= open + MAX_SPAN; index += 1) {
    const token = tokens[index] ?? '';
    if (token === closing) return index;
    if (token.length === 1 && OPENING.includes(token)) return -1;
  }
  return -1;
}

function keyOf(prefix: number, suffix: number): number {
  const low = Math.imul(prefix ^ suffix, 0x85ebca6b) ^ (prefix >>> 15);
  return (prefix >>> 0) * 0x200000 + (low >>> 11);
}

function nearKey(tokens: readonly string[], hashes: readonly number[], place: number): number {
  let before = 0x1b873593;
  for (let index = place - 1, seen = 0; seen < NEAR; index -= 1) {
    if (tokens[index] === ' ') continue;
    before = Math.imul(before, 0x01000193) ^ (hashes[index] ?? 0);
    seen += 1;
  }
  let after = 0x4cf5ad43;
  for (let index = place + 1, seen = 0; seen < NEAR - 1; index += 1) {
    if (tokens[index] === ' ') continue;
    after = Math.imul(after, 0x2c1b3c6d) ^ (hashes[index] ?? 0);
    seen += 1;
  }
  return keyOf(before, after);
}

function isPlace(token: string): boolean {
  if (token === VALUE || token === EMPTY) return true;
  const code = token.charCodeAt(0);
  return token.length > 1 ? /[\p{L}\p{N}]/u.test(token) : (code | 32) >= 97 && (code | 32) <= 122;
}

const textHashes = new Map<string, number>();
/** Words whose hash is kept; cleared when full. */
const MAX_HASHES = 20_000;

function hashOfText(text: string): number {
  const known = textHashes.get(text);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5 | 0;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  if (textHashes.size >= MAX_HASHES) textHashes.clear();
  textHashes.set(text, hash);
  return hash;
}

function merged(shapes: readonly WeighedShape[]): WeighedShape[] {
  const byText = new Map<string, WeighedShape>();
  for (const shape of shapes) {
    const key = shape.tokens.join('\u0001');
    const known = byText.get(key);
    if (known === undefined) byText.set(key, { ...shape });
    else known.lines += shape.lines;
  }
  return [...byText.values()];
}
