import { RE2JS } from 're2js';
import type { Message } from '../../../src-preload/contract/shared.ts';
import { requiredLiterals } from './required-literals.ts';

/** A person's expression. Runs in linear time whatever it says (RE2), without regard to case. */
export interface LinearExpression {
  /** Lower-case texts of which every match contains at least one; undefined where none can be told. */
  readonly literals: readonly string[] | undefined;
  /** Tells every match that is not empty: of the first group where there is one and it took part, else of the whole. */
  eachMatch(text: string, found: (from: number, to: number) => void): void;
}

/** A repetition of repetitions is written in a few characters and compiled into megabytes. */
const MAX_PROGRAM = 5000;
/** Shorter ones are in nearly every line. */
const SHORTEST_LITERAL = 2;

/** Says what is wrong with an expression, in words for people. */
export class BadExpression extends Error {
  readonly fault: Message;

  constructor(fault: Message, cause?: unknown) {
    super(fault.key, { cause });
    this.fault = fault;
  }
}

/**
 * @param source RE2 syntax: no look-around, no back references
 * @throws BadExpression when it is none, matches the empty text, or is too large
 */
export function compileLinear(source: string): LinearExpression {
  const expression = compile(source);
  const group = expression.groupCount() > 0 ? 1 : 0;
  const literals = requiredLiterals(source);
  const telling = literals?.every((literal) => literal.length >= SHORTEST_LITERAL) === true;
  return {
    literals: telling ? literals : undefined,
    eachMatch(text, found) {
      const matcher = expression.matcher(text);
      while (matcher.find()) {
        const chosen = group === 1 && matcher.start(1) >= 0 ? 1 : 0;
        const from = matcher.start(chosen);
        const to = matcher.end(chosen);
        if (to > from) found(from, to);
      }
    },
  };
}

/** What is wrong with an expression; undefined when it can be used. */
export function expressionFault(source: string): Message | undefined {
  try {
    compile(source);
    return undefined;
  } catch (error) {
    if (error instanceof BadExpression) return error.fault;
    throw error;
  }
}

function compile(source: string): RE2JS {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    throw new BadExpression({ key: 'masking.fault.syntax', parameters: { reason: reasonOf(error) } }, error);
  }
  if (expression.programSize() > MAX_PROGRAM)
    throw new BadExpression({ key: 'masking.fault.large', parameters: {} });
  if (expression.matcher('').find()) throw new BadExpression({ key: 'masking.fault.empty', parameters: {} });
  return expression;
}

/** Without the engine's own preface, and without the flag that we put in front. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace('error parsing regexp: ', '').replace('`(?i)', '`');
}
