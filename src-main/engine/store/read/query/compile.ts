import { queryFieldOf } from '../../../../../src-preload/contract/query/fields.ts';
import { parseQuery } from '../../../../../src-preload/contract/query/parse.ts';
import type { FieldNode, QueryFault, QueryNode } from '../../../../../src-preload/contract/query/syntax.ts';
import type { TimeRange } from '../../../../../src-preload/contract/shared.ts';
import type { FieldReader } from '../../../flow/field-reader.ts';
import { FailureError } from '../../../flow/failure.ts';
import {
  addressPart,
  classPart,
  levelPart,
  patternPart,
  sourcePart,
  timePart,
  timeRangeOf,
} from './column-parts.ts';
import { fieldPart } from './field-parts.ts';
import { allOf, anyOf, noneOf, type QueryPart } from './part.ts';
import { expressionPart, textPart, wildcardPart } from './text-parts.ts';

/** What a query is made ready with. */
export interface QueryOptions {
  fields: FieldReader;
  /** What `now` and `today` mean, UTC milliseconds. */
  now: number;
  /** A pattern's id and those of all that became it; itself alone unless told. */
  patternFamily?: ((id: string) => ReadonlySet<string>) | undefined;
}

export interface CompiledQuery {
  part: QueryPart;
  /** Lines outside of it can't match. */
  span: TimeRange;
}

/** What columns answer. */
const OF_COLUMNS: ReadonlySet<string | undefined> = new Set([
  'level',
  'class',
  'source',
  'address',
  'pattern',
  'time',
]);

const ALWAYS: TimeRange = { from: -Infinity, to: Infinity };

/**
 * @param text a query, or with `regex` one expression
 * @returns undefined for a query that asks nothing
 * @throws FailureError BAD_INPUT that names the place
 */
export function compileQuery(text: string, regex: boolean, options: QueryOptions): CompiledQuery | undefined {
  if (text.trim() === '') return undefined;
  if (regex) return { part: expressionPart(text), span: ALWAYS };
  const parsed = parseQuery(text);
  if (!parsed.ok) throw faultOf(parsed.fault);
  if (parsed.node === undefined) return undefined;
  return { part: partOf(parsed.node, options), span: spanOf(parsed.node, options.now) };
}

/** Whether a query asks for what is in no column, and so needs what reads fields. */
export function asksForFields(text: string): boolean {
  const parsed = parseQuery(text);
  return parsed.ok && parsed.node !== undefined && hasOtherFields(parsed.node);
}

function hasOtherFields(node: QueryNode): boolean {
  switch (node.kind) {
    case 'and':
    case 'or':
      return node.nodes.some(hasOtherFields);
    case 'not':
      return hasOtherFields(node.node);
    case 'field':
      return !OF_COLUMNS.has(queryFieldOf(node.name));
    default:
      return false;
  }
}

function partOf(node: QueryNode, options: QueryOptions): QueryPart {
  switch (node.kind) {
    case 'and':
      return allOf(node.nodes.map((each) => partOf(each, options)));
    case 'or':
      return anyOf(node.nodes.map((each) => partOf(each, options)));
    case 'not':
      return noneOf(partOf(node.node, options));
    case 'text':
      return textPart(node.text);
    case 'wildcard':
      return wildcardPart(node.parts);
    case 'expression':
      return expressionPart(node.source);
    case 'field':
      return ofField(node, options);
  }
}

function ofField(
  { name, test, literal }: FieldNode,
  { fields, now, patternFamily }: QueryOptions,
): QueryPart {
  switch (queryFieldOf(name)) {
    case 'level':
      return levelPart(test);
    case 'class':
      return classPart(test);
    case 'source':
      return sourcePart(test);
    case 'address':
      return addressPart(test);
    case 'pattern':
      return patternPart(test, patternFamily);
    case 'time':
      return timePart(timeRangeOf(test, now));
    default: {
      const part = fieldPart(name, test, fields);
      return literal === undefined ? part : anyOf([textPart(literal), part]);
    }
  }
}

/** The span outside of which nothing matches, as far as the query's own times say. */
function spanOf(node: QueryNode, now: number): TimeRange {
  switch (node.kind) {
    case 'and':
      return node.nodes
        .map((each) => spanOf(each, now))
        .reduce((a, b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }), ALWAYS);
    case 'or':
      return node.nodes
        .map((each) => spanOf(each, now))
        .reduce((a, b) => ({ from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) }));
    case 'field':
      return node.name === 'time' ? timeRangeOf(node.test, now) : ALWAYS;
    default:
      return ALWAYS;
  }
}

/** Places are counted from 1, as people count. */
function faultOf({ kind, from, found }: QueryFault): FailureError {
  return new FailureError({
    kind: 'BAD_INPUT',
    message: { key: `search.fault.${kind}`, parameters: { place: from + 1, found } },
    field: 'filter.text',
  });
}
