import type { Bound, ValueTest } from '../../../../../src-preload/contract/query/syntax.ts';
import { compileExpression } from './text-parts.ts';

/**
 * A question to a value as text, whatever its case.
 * @throws FailureError BAD_INPUT for an expression that is none
 */
export function valueTest(test: ValueTest): (value: string) => boolean {
  switch (test.kind) {
    case 'any':
      return (value) => value !== '';
    case 'is': {
      const wanted = folded(test.text);
      return (value) => folded(value) === wanted;
    }
    case 'like':
      return likeTest(test.parts.map(folded));
    case 'expression':
      return compileExpression(test.source);
    case 'range': {
      const inRange = numberTest(test);
      return (value) => inRange(numberOf(value));
    }
  }
}

/** For values that are numbers already. */
export function numberTest({
  least,
  most,
}: {
  least?: Bound | undefined;
  most?: Bound | undefined;
}): (value: number) => boolean {
  const low = least === undefined ? -Infinity : Number(least.text);
  const high = most === undefined ? Infinity : Number(most.text);
  const withLow = least?.included !== false;
  const withHigh = most?.included !== false;
  return (value) => (withLow ? value >= low : value > low) && (withHigh ? value <= high : value < high);
}

/** A number with a unit behind it counts as that number: `took=61ms`, `29.4%`. */
function numberOf(value: string): number {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*[a-zµ%]{0,5}$/i.exec(value);
  return match === null ? Number.NaN : Number(match[1]);
}

/** Texts in order, the first at the start and the last at the end. No expression: time in proportion to the value. */
function likeTest(parts: string[]): (value: string) => boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const between = parts.slice(1, -1);
  return (value) => {
    const text = folded(value);
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of between) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

function folded(text: string): string {
  return text.toLowerCase();
}
