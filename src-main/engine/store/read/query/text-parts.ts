import { RE2JS } from 're2js';
import { FailureError } from '../../../flow/failure.ts';
import { ALL_FRAMES } from '../../block/frame-layout.ts';
import { asksNothing, filterQuestion } from '../../block/gram-filter.ts';
import { makeNeedle, type Needle } from '../needle.ts';
import { requiredLiterals } from '../regex-literals.ts';
import { lineText } from '../line-text.ts';
import type { LineUnit } from '../unit.ts';
import { allOf, eachLine, intersection, type QueryPart } from './part.ts';

/** Locale key of an expression that is none. */
const BAD_PATTERN = 'store.failure.badPattern';

/** The line contains the text, whatever its case. */
export function textPart(text: string): QueryPart {
  return needlePart(makeNeedle(text));
}

function needlePart(needle: Needle): QueryPart {
  return {
    // A long text is rare and found in leaps; where it is absent nothing else is looked for.
    cost: 0.3 + 1 / (1 + needle.length),
    frames: filterTest(needle.parts),
    select(unit, candidates) {
      const hits = new Uint8Array(candidates.length);
      let any = false;
      for (const frame of unit.text().framesWith(candidates))
        if (needle.mark(frame, hits.subarray(frame.firstLine))) any = true;
      return any ? intersection(hits, candidates) : undefined;
    },
  };
}

/** The parts in this order, with visible characters only between them. */
export function wildcardPart(parts: string[]): QueryPart {
  const texts = parts.filter((part) => part !== '');
  const escaped = texts.map((text) => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  const needles = texts.map(textPart);
  return needles.length === 1
    ? allOf(needles)
    : allOf([...needles, matchPart(compileExpression(escaped.join('\\S*')), 2)]);
}

/**
 * A regular expression (RE2 syntax). Lines without the texts that every match holds are never given to it.
 * @throws FailureError BAD_INPUT when it is none
 */
export function expressionPart(source: string): QueryPart {
  const matches = matchPart(compileExpression(source), 5);
  return allOf([...requiredLiterals(source).map(textPart), matches]);
}

function matchPart(test: (text: string) => boolean, cost: number): QueryPart {
  return {
    cost,
    frames: () => ALL_FRAMES,
    select(unit, candidates) {
      const text = unit.text();
      return eachLine(candidates, (line) => test(lineText(text, line)));
    },
  };
}

/** In which frames a unit's filter allows all of these byte runs. */
export function filterTest(parts: Uint8Array[], tokens: string[] = []): (unit: LineUnit) => number {
  const question = filterQuestion(parts, tokens);
  if (asksNothing(question)) return () => ALL_FRAMES;
  return (unit) => unit.frames(question);
}

/**
 * RE2 runs in linear time whatever the expression: a catastrophic one can't stall the reader.
 * @throws FailureError BAD_INPUT
 */
export function compileExpression(source: string): (text: string) => boolean {
  try {
    const expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
    // Not matcher().find(), which says where too and takes ten times as long.
    return (text) => expression.test(text);
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
