import { isUtf8 } from 'node:buffer';
import type { MaskingRule } from '../../../../src-preload/contract/masking.ts';
import { compileLinear, type LinearExpression } from '../../flow/linear-expression.ts';
import { matchesAt } from '../bytes.ts';
import { isNameByte, valueOfKey } from './secrets.ts';
import type { Span } from './spans.ts';

/** Named places of a line, relative to its beginning (bytes): what a format of the user's own tells. */
export type OwnFields = (line: number) => readonly { name: string; from: number; to: number }[];

/** Lines one after another in one piece of memory. */
export interface RuledLines {
  bytes: Buffer;
  starts: ArrayLike<number>;
  ends: ArrayLike<number>;
  count: number;
}

interface PatternRule {
  name: string;
  expression: LinearExpression;
  /** One more than the line it was tried on last: several texts may lead to the same line. */
  tried: number;
}

/** A text that leads to a rule, ASCII letters in lower case. */
interface Needle {
  bytes: Buffer;
  rule: PatternRule | undefined;
  /** Where it is a field's name: the mark of its value. */
  mark: string;
}

const MARK = '[masked:';

/**
 * The user's own rules. Most lines hold none of the texts that a match needs: one pass over the bytes of a whole batch
 * finds those that do, and only they become strings. Rules without such a text are tried on every line.
 */
export class MaskingRules {
  /** By two neighbouring bytes' low five bits: 1 where a needle may begin. */
  readonly #pairs = new Uint8Array(1024);
  readonly #needles = new Map<number, Needle[]>();
  readonly #ungated: PatternRule[] = [];
  /** Mark by field name, in lower case. */
  readonly #fields = new Map<string, string>();

  /** @throws BadExpression for a pattern that is none: settings have been checked for that */
  constructor(rules: readonly MaskingRule[]) {
    for (const rule of rules) {
      if (!rule.enabled) continue;
      if (rule.kind === 'field') {
        this.#fields.set(rule.field.toLowerCase(), rule.name);
        this.#add({ bytes: foldedBytes(rule.field), rule: undefined, mark: rule.name });
        continue;
      }
      const expression = compileLinear(rule.pattern);
      const compiled = { name: rule.name, expression, tried: 0 };
      if (expression.literals === undefined) this.#ungated.push(compiled);
      else
        for (const literal of new Set(expression.literals))
          this.#add({ bytes: foldedBytes(literal), rule: compiled, mark: rule.name });
    }
  }

  /** Adds what the rules find in all lines. */
  addSpans(lines: RuledLines, own: OwnFields | undefined, spans: Span[]): void {
    for (const rule of this.#ungated)
      for (let line = 0; line < lines.count; line += 1) this.#tryLine(rule, lines, line, spans);
    if (this.#needles.size > 0) this.#scan(lines, spans);
    if (own !== undefined && this.#fields.size > 0) this.#addOwn(lines, own, spans);
  }

  #add(needle: Needle): void {
    const pair = pairOf(needle.bytes[0] ?? 0, needle.bytes[1] ?? 0);
    this.#pairs[pair] = 1;
    const others = this.#needles.get(pair);
    if (others === undefined) this.#needles.set(pair, [needle]);
    else others.push(needle);
  }

  #scan(lines: RuledLines, spans: Span[]): void {
    const { bytes, starts, ends, count } = lines;
    const pairs = this.#pairs;
    for (const needles of this.#needles.values())
      for (const { rule } of needles) if (rule !== undefined) rule.tried = 0;
    let line = 0;
    let pair = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      pair = ((pair << 5) | ((bytes[at] ?? 0) & 31)) & 1023;
      if (pairs[pair] === 0 || at === 0) continue;
      const from = at - 1;
      while (line + 1 < count && (starts[line + 1] ?? 0) <= from) line += 1;
      const end = ends[line] ?? 0;
      if (from < (starts[line] ?? 0) || from >= end) continue;
      for (const needle of this.#needles.get(pair) ?? [])
        if (standsAt(needle.bytes, bytes, from, end)) this.#found(needle, lines, line, from, spans);
    }
  }

  #found(needle: Needle, lines: RuledLines, line: number, at: number, spans: Span[]): void {
    const { rule, mark } = needle;
    if (rule === undefined) {
      const span = fieldValue(lines, line, at, needle.bytes.length, mark);
      if (span !== undefined) spans.push(span);
    } else if (rule.tried <= line) {
      rule.tried = line + 1;
      this.#tryLine(rule, lines, line, spans);
    }
  }

  #tryLine({ expression, name }: PatternRule, lines: RuledLines, line: number, spans: Span[]): void {
    const start = lines.starts[line] ?? 0;
    const slice = lines.bytes.subarray(start, lines.ends[line] ?? 0);
    // Bytes that are no UTF-8 would become characters of another length.
    const encoding = isUtf8(slice) ? 'utf8' : 'latin1';
    const text = slice.toString(encoding);
    const wide = text.length !== slice.length;
    const byteAt = (at: number): number => start + (wide ? Buffer.byteLength(text.slice(0, at)) : at);
    expression.eachMatch(text, (from, to) => {
      // What was masked when the line was kept is a mark already.
      if (!text.startsWith(MARK, from)) spans.push({ from: byteAt(from), to: byteAt(to), kind: name });
    });
  }

  #addOwn(lines: RuledLines, own: OwnFields, spans: Span[]): void {
    for (let line = 0; line < lines.count; line += 1) {
      const start = lines.starts[line] ?? 0;
      for (const { name, from, to } of own(line)) {
        const mark = this.#fields.get(name.toLowerCase());
        if (mark === undefined || to <= from || matchesAt(lines.bytes, start + from, start + to, MARK))
          continue;
        spans.push({ from: start + from, to: start + to, kind: mark });
      }
    }
  }
}

function pairOf(first: number, second: number): number {
  return ((first & 31) << 5) | (second & 31);
}

/**
 * Letters beyond ASCII that fold to one of it (`ſ`, the Kelvin sign) are not looked for: nobody's log has them in earnest.
 */
function foldedBytes(text: string): Buffer {
  return Buffer.from(text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
}

function standsAt(needle: Buffer, bytes: Uint8Array, from: number, end: number): boolean {
  if (from + needle.length > end) return false;
  for (let index = 0; index < needle.length; index += 1) {
    const byte = bytes[from + index] ?? 0;
    const folded = byte >= 65 && byte <= 90 ? byte | 32 : byte;
    if (folded !== needle[index]) return false;
  }
  return true;
}

/** The value behind a name that stands there whole. */
function fieldValue(
  { bytes, starts, ends }: RuledLines,
  line: number,
  at: number,
  length: number,
  mark: string,
): Span | undefined {
  const start = starts[line] ?? 0;
  const isPart = (byte: number | undefined): boolean => isNameByte(byte) || (byte ?? 0) >= 128;
  if (at > start && isPart(bytes[at - 1])) return undefined;
  if (isPart(bytes[at + length])) return undefined;
  return valueOfKey(bytes, at + length, ends[line] ?? 0, mark);
}
