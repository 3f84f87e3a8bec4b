import { parseQuery } from '../../../src-preload/contract/query/parse.ts';
import type { QueryFault, QueryNode } from '../../../src-preload/contract/query/syntax.ts';
import type { HitFinder } from '../../ui/log-segments.ts';
import { foldCase, mergeSpans, wordFinder } from './hits.ts';
import { compileExpression } from './regular-expression.ts';

/** A query as the screen uses it: what it marks, and what it can decide by itself. */
export interface ReadyQuery {
  find: HitFinder;
  /**
   * What the engine would answer; undefined where only it can: fields are not in the line as it is shown. Most jumps are
   * to lines that are loaded already.
   */
  test: (text: string) => boolean | undefined;
}

export type QueryReading =
  | { kind: 'nothing' }
  | { kind: 'ready'; query: ReadyQuery }
  | { kind: 'fault'; fault: QueryFault }
  /** An expression that is none, in the words of its engine. */
  | { kind: 'badExpression'; problem: string };

type Expressions = ReadonlyMap<string, ReadyQuery>;

/** Reads what was typed. Expressions take a moment: the engine that searches is loaded for them on first use. */
export function readQuery(text: string, regex: boolean): QueryReading | Promise<QueryReading> {
  if (text.trim() === '') return { kind: 'nothing' };
  if (regex) return withExpressions([text], (expressions) => expressions.get(text));
  const parsed = parseQuery(text);
  if (!parsed.ok) return { kind: 'fault', fault: parsed.fault };
  const { node } = parsed;
  if (node === undefined) return { kind: 'nothing' };
  const ready = (expressions: Expressions): ReadyQuery => ({
    find: finderOf(node, expressions),
    test: (line) => decide(node, line, expressions),
  });
  const sources = expressionsOf(node);
  return sources.length === 0 ? { kind: 'ready', query: ready(new Map()) } : withExpressions(sources, ready);
}

async function withExpressions(
  sources: readonly string[],
  ready: (expressions: Expressions) => ReadyQuery | undefined,
): Promise<QueryReading> {
  const expressions = new Map<string, ReadyQuery>();
  for (const source of sources) {
    const compiled = await compileExpression(source);
    if (!compiled.ok) return { kind: 'badExpression', problem: compiled.problem };
    expressions.set(source, compiled);
  }
  const query = ready(expressions);
  return query === undefined ? { kind: 'nothing' } : { kind: 'ready', query };
}

/** Expressions of a query; a word with a star is one too. */
function expressionsOf(node: QueryNode): string[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.flatMap(expressionsOf);
    case 'not':
      return expressionsOf(node.node);
    case 'expression':
      return [node.source];
    case 'wildcard':
      return [wildcardExpression(node.parts)];
    case 'text':
      return [];
    case 'field':
      return node.test.kind === 'expression' ? [node.test.source] : [];
  }
}

function wildcardExpression(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== '')
    .map((part) => part.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
    .join('\\S*');
}

/** Marks every text and expression that a line may match by; what must not occur is not looked for. */
function finderOf(node: QueryNode, expressions: Expressions): HitFinder {
  const words: string[] = [];
  const finders: HitFinder[] = [];
  const collect = (each: QueryNode): void => {
    if (each.kind === 'and' || each.kind === 'or') each.nodes.forEach(collect);
    else if (each.kind === 'text') words.push(each.text);
    else if (each.kind === 'field' && each.literal !== undefined) words.push(each.literal);
    else {
      const finder = expressionOf(each, expressions)?.find;
      if (finder !== undefined) finders.push(finder);
    }
  };
  collect(node);
  const byWord = wordFinder(words);
  return (text) => mergeSpans([...byWord(text), ...finders.flatMap((find) => find(text))]);
}

function expressionOf(node: QueryNode, expressions: Expressions): ReadyQuery | undefined {
  if (node.kind === 'expression') return expressions.get(node.source);
  return node.kind === 'wildcard' ? expressions.get(wildcardExpression(node.parts)) : undefined;
}

/** True or false where that is certain whatever the fields are. */
function decide(node: QueryNode, text: string, expressions: Expressions): boolean | undefined {
  switch (node.kind) {
    case 'and':
      return all(node.nodes.map((each) => decide(each, text, expressions)));
    case 'or': {
      const none = all(node.nodes.map((each) => inverse(decide(each, text, expressions))));
      return inverse(none);
    }
    case 'not':
      return inverse(decide(node.node, text, expressions));
    case 'text':
      return foldCase(text).includes(foldCase(node.text));
    case 'expression':
    case 'wildcard':
      return expressionOf(node, expressions)?.test(text);
    case 'field':
      return node.literal !== undefined && foldCase(text).includes(foldCase(node.literal)) ? true : undefined;
  }
}

function all(answers: (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function inverse(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}
