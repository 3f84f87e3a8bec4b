import type { QueryField } from './fields.ts';
import type { Bound, ValueTest } from './syntax.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const COMPARISON = /^(>=|<=|>|<)(.+)$/;

export function isNumber(text: string): boolean {
  return NUMBER.test(text);
}

/** A word cut at its stars; undefined when it has none, or nothing else. */
export function wildcardParts(word: string): string[] | undefined {
  if (!word.includes('*') || /^\*+$/.test(word)) return undefined;
  return word.split(/\*+/);
}

/**
 * `500..599`, `..599`, `>=500`: a range. Where neither times nor levels are expected both ends must be numbers, so that
 * `path:/a/../b` and `x:<b>` stay what they are.
 */
export function rangeOf(word: string, field: QueryField | undefined): ValueTest | undefined {
  const [, operator, operand = ''] = COMPARISON.exec(word) ?? [];
  const takesWords = field === 'time' || field === 'level' || field === 'status';
  if (operator !== undefined) {
    if (!takesWords && !isNumber(operand)) return undefined;
    const bound: Bound = { text: operand, included: operator.endsWith('=') };
    return operator.startsWith('>') ? { kind: 'range', least: bound } : { kind: 'range', most: bound };
  }
  const dots = word.indexOf('..');
  if (dots < 0) return undefined;
  const [least, most] = [word.slice(0, dots), word.slice(dots + 2)].map(included);
  if (least === undefined && most === undefined) return undefined;
  const numbers = [least, most].every((bound) => bound === undefined || isNumber(bound.text));
  if (!takesWords && !numbers) return undefined;
  return { kind: 'range', ...(least && { least }), ...(most && { most }) };
}

function included(text: string): Bound | undefined {
  return text === '' ? undefined : { text, included: true };
}
