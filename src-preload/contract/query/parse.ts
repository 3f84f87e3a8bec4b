import { networkOf } from './addresses.ts';
import { levelsOfName, queryFieldOf, type QueryField } from './fields.ts';
import {
  MAX_QUERY_DEPTH,
  MAX_QUERY_TERMS,
  type ParsedQuery,
  type Place,
  type QueryFault,
  type QueryFaultKind,
  type QueryNode,
  type ValueTest,
} from './syntax.ts';
import { timeSpanOf } from './times.ts';
import { isNumber, rangeOf, wildcardParts } from './values.ts';

/**
 * Reads a query. The grammar stands in docs/search.md, whose examples a test reads with this parser. Whatever is no
 * syntax is text: a word with brackets, colons or quotes in its middle is looked for as it stands.
 */
export function parseQuery(text: string): ParsedQuery {
  try {
    return { ok: true, node: new QueryParser(text).parse() };
  } catch (error) {
    if (error instanceof QuerySyntaxError) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Thrown within the parser only. */
class QuerySyntaxError extends Error {
  readonly fault: QueryFault;

  constructor(fault: QueryFault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** A name with its colon: one of Yagura's own, or a key of the line. */
interface FieldName {
  name: string;
  own: QueryField | undefined;
  /** Where it begins; undefined within the brackets of `name:( … )`. */
  from: number | undefined;
}

type Keyword = 'AND' | 'OR' | 'NOT';

const BLANK = /\s/;
const OWN_FIELD = /([a-z]+):/y;
/** What follows decides whether a name is a field: `https://…`, `std::move` and `C:\` are words. */
const ANY_FIELD = /([A-Za-z_@][\w.@-]*):(?!\/\/|[:\\]|\s|$)/y;
const PHRASE = /"((?:[^"\\]|\\[^]|\\$)*)(?:"|$)/y;
/** Between slashes, the second at the end of its word; without any special character it is a path. */
const EXPRESSION = /\/((?:[^/\\]|\\.)+)\/(?=\s|\)|$)/y;
const SPECIAL = /[\\^$.|?*+()[\]{}]/;
/** Any moment will do to see whether a text names one. */
const SOME_TIME = 1_000_000_000_000;
const CLASSES = ['application', 'access', 'audit'];

class QueryParser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  /** Brackets open around the present place. */
  #groups = 0;
  #terms = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): QueryNode | undefined {
    this.#skipBlanks();
    return this.#atEnd() ? undefined : this.#alternatives(undefined);
  }

  /** `a b OR c d`: OR binds less than standing side by side. */
  #alternatives(field: FieldName | undefined): QueryNode | undefined {
    const nodes: QueryNode[] = [];
    do {
      const node = this.#sequence(field);
      if (node !== undefined) nodes.push(node);
    } while (this.#take('OR'));
    return grouped('or', nodes);
  }

  #sequence(field: FieldName | undefined): QueryNode | undefined {
    const nodes: QueryNode[] = [];
    let terms = 0;
    this.#skipBlanks();
    while (!this.#atEnd() && !this.#isAt('OR')) {
      if (terms > 0) this.#take('AND');
      const node = this.#unary(field);
      if (node !== undefined) nodes.push(node);
      terms += 1;
      this.#skipBlanks();
    }
    if (terms === 0) this.#fail('term');
    return grouped('and', nodes);
  }

  /** undefined for what asks nothing, such as `""`. */
  #unary(field: FieldName | undefined): QueryNode | undefined {
    this.#skipBlanks();
    const from = this.#at;
    const negated = this.#take('NOT') || this.#takeMinus();
    if (!negated) return this.#primary(field);
    const node = this.#nested(() => this.#unary(field));
    return node === undefined ? undefined : { kind: 'not', node, from, to: this.#at };
  }

  /** A minus alone or before another one (`--verbose`) is text. */
  #takeMinus(): boolean {
    const next = this.#text[this.#at + 1] ?? ' ';
    if (this.#text[this.#at] !== '-' || next === '-' || BLANK.test(next)) return false;
    if (next === ')' && this.#groups > 0) return false;
    this.#at += 1;
    return true;
  }

  #primary(field: FieldName | undefined): QueryNode | undefined {
    if (this.#atEnd() || this.#isAt('AND') || this.#isAt('OR')) this.#fail('term');
    if (this.#text[this.#at] === '(' && this.#isGroup()) return this.#bracketed(field);
    this.#terms += 1;
    if (this.#terms > MAX_QUERY_TERMS) this.#fail('tooLong');
    if (field !== undefined) return this.#valueOf({ ...field, from: undefined });
    return this.#field() ?? this.#plain();
  }

  /** `(X11;` alone is what somebody copied from a line. */
  #isGroup(): boolean {
    return /[\s)]/.test(this.#text.slice(this.#at));
  }

  #bracketed(field: FieldName | undefined): QueryNode | undefined {
    const opened = this.#at;
    this.#at += 1;
    this.#groups += 1;
    const node = this.#nested(() => this.#alternatives(field));
    this.#groups -= 1;
    if (this.#text[this.#at] !== ')') this.#failAt('closing', { from: opened, to: this.#text.length });
    this.#at += 1;
    return node;
  }

  #nested<Result>(read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MAX_QUERY_DEPTH) this.#fail('tooLong');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** A phrase, an expression, or a word that may have stars in it. */
  #plain(): QueryNode | undefined {
    const from = this.#at;
    const phrase = this.#phrase();
    if (phrase !== undefined)
      return phrase === '' ? undefined : { kind: 'text', text: phrase, from, to: this.#at };
    const source = this.#expression();
    if (source !== undefined) return { kind: 'expression', source, from, to: this.#at };
    const text = this.#word();
    const parts = wildcardParts(text);
    const place = { from, to: this.#at };
    return parts === undefined ? { kind: 'text', text, ...place } : { kind: 'wildcard', parts, ...place };
  }

  #field(): QueryNode | undefined {
    const from = this.#at;
    const own = this.#match(OWN_FIELD);
    const ownField = queryFieldOf(own?.[1] ?? '');
    const match = ownField === undefined ? this.#match(ANY_FIELD) : own;
    if (match === undefined) return undefined;
    const field: FieldName = { name: ownField ?? match[1] ?? '', own: ownField, from };
    this.#at += match[0].length;
    if (ownField !== undefined && this.#text[this.#at] === '(' && this.#isGroup())
      return this.#bracketed(field);
    return this.#valueOf(field);
  }

  #valueOf(field: FieldName): QueryNode {
    const start = this.#at;
    const test = this.#test(field.own);
    const value = { from: start, to: this.#at };
    if (field.own !== undefined) this.#check(field.own, test, value);
    const place = { from: field.from ?? start, to: this.#at };
    const node = { kind: 'field' as const, name: field.name, test, value, ...place };
    if (field.own !== undefined || field.from === undefined) return node;
    return { ...node, literal: this.#text.slice(field.from, this.#at) };
  }

  #test(field: QueryField | undefined): ValueTest {
    const phrase = this.#phrase();
    if (phrase !== undefined) return { kind: 'is', text: phrase };
    const source = this.#expression();
    if (source !== undefined) return { kind: 'expression', source };
    const word = this.#word();
    if (word === '') this.#fail('value');
    if (/^\*+$/.test(word)) return { kind: 'any' };
    const range = rangeOf(word, field);
    if (range !== undefined) return range;
    const parts = wildcardParts(word);
    return parts === undefined ? { kind: 'is', text: word } : { kind: 'like', parts };
  }

  /** Values that Yagura's own fields can't have. */
  #check(field: QueryField, test: ValueTest, place: Place): void {
    if (test.kind === 'range') {
      for (const bound of [test.least, test.most]) {
        if (bound !== undefined && !fits(field, bound.text)) this.#failAt(EXPECTED[field] ?? 'number', place);
      }
      return;
    }
    const expected = EXPECTED[field];
    if (expected === undefined || expected === 'number') return;
    if (test.kind === 'is' && !fits(field, test.text)) this.#failAt(expected, place);
    // A moment is no text that an expression could look into.
    if (expected === 'time' && (test.kind === 'like' || test.kind === 'expression'))
      this.#failAt('time', place);
  }

  #phrase(): string | undefined {
    const match = this.#match(PHRASE);
    if (match === undefined) return undefined;
    this.#at += match[0].length;
    return (match[1] ?? '').replaceAll(/\\(["\\])/g, '$1');
  }

  #expression(): string | undefined {
    const match = this.#match(EXPRESSION);
    const source = match?.[1];
    if (match === undefined || source === undefined || !SPECIAL.test(source)) return undefined;
    this.#at += match[0].length;
    return source.replaceAll('\\/', '/');
  }

  /** Up to a blank, or to the bracket that closes the group around it; brackets within a word are its own. */
  #word(): string {
    const from = this.#at;
    let open = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (BLANK.test(character)) break;
      if (character === '(') open += 1;
      if (character !== ')') continue;
      if (open === 0 && this.#groups > 0) break;
      open = Math.max(0, open - 1);
    }
    return this.#text.slice(from, this.#at);
  }

  #take(keyword: Keyword): boolean {
    this.#skipBlanks();
    if (!this.#isAt(keyword)) return false;
    this.#at += keyword.length;
    return true;
  }

  #isAt(keyword: Keyword): boolean {
    if (!this.#text.startsWith(keyword, this.#at)) return false;
    const next = this.#text[this.#at + keyword.length] ?? ' ';
    return BLANK.test(next) || next === '(' || (next === ')' && this.#groups > 0);
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #skipBlanks(): void {
    while (BLANK.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #atEnd(): boolean {
    return this.#at >= this.#text.length || (this.#groups > 0 && this.#text[this.#at] === ')');
  }

  #fail(kind: QueryFaultKind): never {
    const rest = /^\S{0,40}/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    this.#failAt(kind, { from: this.#at, to: this.#at + rest.length });
  }

  #failAt(kind: QueryFaultKind, { from, to }: Place): never {
    throw new QuerySyntaxError({ kind, from, to, found: this.#text.slice(from, to) });
  }
}

/** What a value of the field must be; fields not named take any text. */
const EXPECTED: Partial<Record<QueryField, QueryFaultKind>> = {
  time: 'time',
  level: 'level',
  class: 'class',
  address: 'address',
  status: 'number',
};

function fits(field: QueryField, text: string): boolean {
  switch (EXPECTED[field]) {
    case 'time':
      return timeSpanOf(text, SOME_TIME) !== undefined;
    case 'level':
      return levelsOfName(text) !== undefined;
    case 'class':
      return CLASSES.includes(text.toLowerCase());
    case 'address':
      return !text.includes('/') || networkOf(text) !== undefined;
    default:
      return isNumber(text);
  }
}

function grouped(kind: 'and' | 'or', nodes: QueryNode[]): QueryNode | undefined {
  const [first] = nodes;
  const last = nodes.at(-1);
  if (first === undefined || last === undefined || nodes.length === 1) return first;
  return { kind, nodes, from: first.from, to: last.to };
}
