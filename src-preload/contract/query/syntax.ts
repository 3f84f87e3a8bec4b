/** What a query of the log search means, as a tree. Free of zod: engine, terminal and screens read queries alike. */

/** A stretch of the query's text, in UTF-16 units. */
export interface Place {
  from: number;
  to: number;
}

/** A question to a line. */
export type QueryNode = GroupNode | NotNode | TextNode | WildcardNode | ExpressionNode | FieldNode;

/** All of them, or at least one. */
export interface GroupNode extends Place {
  kind: 'and' | 'or';
  /** At least two. */
  nodes: QueryNode[];
}

export interface NotNode extends Place {
  kind: 'not';
  node: QueryNode;
}

/** The line contains this text, whatever its case. */
export interface TextNode extends Place {
  kind: 'text';
  text: string;
}

/** The line contains these texts in this order, with nothing but visible characters between them (`time*out`). */
export interface WildcardNode extends Place {
  kind: 'wildcard';
  /** At least two; the first and the last may be empty. */
  parts: string[];
}

/** A regular expression (RE2 syntax, whatever the case) finds something in the line. */
export interface ExpressionNode extends Place {
  kind: 'expression';
  source: string;
}

/** A field of the line has a value. */
export interface FieldNode extends Place {
  kind: 'field';
  name: string;
  test: ValueTest;
  /**
   * What was typed, where the name is none that Yagura gives a meaning to: a line that contains it matches as well, so
   * that `localhost:8080` finds what it says.
   */
  literal?: string | undefined;
  /** Where the value stands. */
  value: Place;
}

/** A question to a value. Texts are compared whatever their case. */
export type ValueTest =
  | { kind: 'is'; text: string }
  /** The whole value, with any characters between the parts. */
  | { kind: 'like'; parts: string[] }
  | { kind: 'expression'; source: string }
  | { kind: 'range'; least?: Bound | undefined; most?: Bound | undefined }
  /** The line has the field. */
  | { kind: 'any' };

export interface Bound {
  /** A number, a time or a level, as typed. */
  text: string;
  /** The bound itself belongs to the range. */
  included: boolean;
}

/** What a query lacks; words: `search.fault.<kind>`. */
export const QUERY_FAULTS = [
  /** A word, phrase or group is expected here. */
  'term',
  /** `(` was never closed. */
  'closing',
  /** A value is expected behind the colon. */
  'value',
  'number',
  'time',
  'level',
  'class',
  'address',
  /** More terms or brackets than a search takes. */
  'tooLong',
] as const;
export type QueryFaultKind = (typeof QUERY_FAULTS)[number];

export interface QueryFault extends Place {
  kind: QueryFaultKind;
  /** What stands there instead; empty at the end. */
  found: string;
}

export type ParsedQuery =
  /** `node` is undefined for a query that asks nothing. */
  { ok: true; node: QueryNode | undefined } | { ok: false; fault: QueryFault };

/** More terms than anybody types, and few enough to be looked for together. */
export const MAX_QUERY_TERMS = 200;
export const MAX_QUERY_DEPTH = 40;
